"""Programs started as an operator starts them: in processes of their own, set by environment variables."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import LONGEST

ROOT = Path(__file__).parents[3]
GUNICORN = ("-m", "gunicorn", "-c", "python:portal.server", "wsgi:app")
FLASK = ("-m", "flask", "--app", "wsgi")

Start = Callable[..., "subprocess.Popen[str]"]


def environment(**settings: str) -> dict[str, str]:
    """That of this process without its settings, and these."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


@pytest.fixture
def start() -> Callable[..., object]:
    """Start a Python program of the portal; whatever still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def run(*command: str, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
        try:
            process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
