"""What is measured of processes is measured of the ones that are meant."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.machine import Watched
from tests.waiting import LONGEST, until

_TWO = f"sleep {LONGEST} & sleep {LONGEST} & wait"


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A process that has two children."""
    with subprocess.Popen(["/bin/sh", "-c", _TWO], process_group=0) as process:
        found = Watched(process.pid, None)
        until(lambda: len(found.workers) == 2, "the children do not start")
        yield found
        os.killpg(process.pid, signal.SIGKILL)


def _is_held(number: int) -> bool:
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux alone tells what processes do")
def test_each_web_process_can_be_asked_alone(watched: Watched) -> None:
    first, second = watched.workers
    with watched.alone(first):
        until(lambda: _is_held(second), "the other one goes on")
        assert not _is_held(first)
    until(lambda: not _is_held(second), "the other one stays held")
