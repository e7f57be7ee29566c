"""Servers started for a measure, and what they cost: processor time and memory from /proc (Linux)."""

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module in a process of its own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something answers on the port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


@dataclass(frozen=True, slots=True)
class Watched:
    """The processes of a page: web processes, and the database's under `postmaster` (None: SQLite)."""

    master: int
    postmaster: int | None

    @property
    def workers(self) -> list[int]:
        return _children(self.master)

    def app_seconds(self) -> float:
        return sum(_seconds(one) for one in self.workers)

    def database_seconds(self) -> float:
        return sum(_seconds(one) for one in _children(self.postmaster)) if self.postmaster else 0.0

    @contextmanager
    def alone(self, worker: int) -> Iterator[None]:
        """Let one web process answer everything: its siblings are held meanwhile."""
        siblings = [one for one in self.workers if one != worker]
        try:
            for one in siblings:
                os.kill(one, signal.SIGSTOP)
            yield
        finally:
            for one in siblings:
                os.kill(one, signal.SIGCONT)

    def mebibytes(self) -> dict[int, float]:
        """What each web process holds for itself, not shared with its siblings."""
        return {one: _private_mebibytes(one) for one in self.workers}


def describe(database: str) -> str:
    """What the machine is, without its name."""
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {system} ({platform.machine()}), "
        f"Python {platform.python_version()}, {database}"
    )


def others_seconds(ours: "Watched", bare: "Watched") -> float:
    """Processor time of the whole machine without what is ours, this process included."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    busy = sum(int(fields[place]) for place in (0, 1, 2, 5, 6)) / TICK
    return busy - ours.app_seconds() - bare.app_seconds() - ours.database_seconds() - time.process_time()


def parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """The fields of a process from its state on; a name may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if parent(int(entry.name)) == pid:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def _seconds(pid: int) -> float:
    try:
        fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def _private_mebibytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024
