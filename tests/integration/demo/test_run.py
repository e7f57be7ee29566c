"""`make demo` as somebody tries it: it starts, says where to go, ends whole, and starts again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from portal.demo import accounts
from tests.waiting import LONGEST, until

ROOT = Path(__file__).parents[3]
SECONDS = 30  # a few, on a machine that has nothing else to do
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(),
    reason="what is still running is read in /proc, which Linux alone has",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Where the demonstration keeps its data, from one test to the next."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip(
            "the demonstration always keeps its data in SQLite: on PostgreSQL it is the same run again"
        )
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


Demo = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def demo(folder: Path, port: int) -> Iterator[Demo]:
    """Start it; whatever still runs at the end is ended."""
    started = []

    def start(**settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.demo.run"],
            cwd=ROOT,
            env={**os.environ, "PORTAL_DATA": str(folder), "PORT": str(port), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def welcome(process: subprocess.Popen[str]) -> str:
    """All that it says until everything runs."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(said)


def running(folder: Path) -> dict[int, str]:
    """The processes of this demonstration: number and command."""
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        try:
            if f"PORTAL_DATA={folder}" in (one / "environ").read_text(errors="replace").split("\0"):
                found[int(one.name)] = (one / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return {number: command for number, command in found.items() if command}


def ends(process: subprocess.Popen[str], folder: Path) -> int:
    """The exit code, once nothing is left; within seconds."""
    before = time.monotonic()
    code = process.wait(timeout=LONGEST)
    assert time.monotonic() - before < SECONDS
    assert running(folder) == {}
    return code


def test_the_first_start_says_where_to_go_and_writes_e_mails(demo: Demo, folder: Path, port: int) -> None:
    process = demo()
    said = welcome(process)
    assert f"http://127.0.0.1:{port}/" in said
    assert accounts.PASSPHRASE in said
    for account in accounts.ACCOUNTS:
        assert re.search(rf"{re.escape(account.email)} +{account.role}", said)
    with urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST) as page:
        assert "monstration" in page.read().decode()
    until(lambda: list((folder / "emails").glob("*.eml")), "no e-mail arrived")
    process.send_signal(signal.SIGINT)
    assert ends(process, folder) == 0


def test_the_second_start_takes_seconds_and_keeps_the_data(demo: Demo, folder: Path) -> None:
    if not (folder / "portal.sqlite").exists():
        first = demo()
        welcome(first)
        first.terminate()
        assert ends(first, folder) == 0
    kept = (folder / "secret-key").read_text()
    before = time.monotonic()
    process = demo()
    assert "Inventing" not in welcome(process)
    assert time.monotonic() - before < SECONDS
    assert (folder / "secret-key").read_text() == kept
    process.send_signal(signal.SIGTERM)
    assert ends(process, folder) == 0


@pytest.mark.parametrize(("name", "command"), [("worker", "wsgi worker"), ("mail server", "demo.mailbox")])
def test_a_program_that_ends_ends_the_others(demo: Demo, folder: Path, name: str, command: str) -> None:
    process = demo()
    welcome(process)
    victim = next(number for number, line in running(folder).items() if command in line)
    os.kill(victim, signal.SIGKILL)
    assert ends(process, folder) == 1
    assert process.stdout is not None
    assert f"The {name} stopped by itself (SIGKILL)" in process.stdout.read()


def test_nothing_outlives_a_killed_launcher(demo: Demo, folder: Path) -> None:
    process = demo()
    welcome(process)
    process.kill()
    process.wait()
    until(lambda: not running(folder), "something is left")


def test_a_port_in_use_is_told_with_the_way_out(demo: Demo, folder: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = demo()
        output, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 1
    assert output == f"Port {port} is already in use. Choose another one: make demo PORT=8123\n"


@pytest.mark.parametrize("given", ["abc", "0", "70000"])
def test_a_port_that_is_none_is_told(demo: Demo, given: str) -> None:
    output, _ = demo(PORT=given).communicate(timeout=LONGEST)
    assert output == (f"PORT is '{given}': choose a number from 1 to 65535, as in: make demo PORT=8123\n")
