"""Programs that run together: when one ends, all of them do, and none is left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Self

_GRACE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked for the end."""


class Ended(Exception):
    """A program ended by itself; the message says which."""


def stop_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal all raise Stopped, once; what comes while stopping is ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        signal.signal(number, stop)


class Programs:
    """Each in a process group of its own, so that Ctrl-C reaches this program alone, which then ends them."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._running[name] = subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def check(self) -> None:
        """Raise Ended if one of them is no longer there."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                raise Ended(f"The {name} stopped by itself ({_in_words(code)}); its message is above.")

    def watch(self) -> None:
        """Wait until one of them ends, which raises Ended."""
        while True:
            self.check()
            time.sleep(_PAUSE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """What it started and left behind, too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _end_with_parent() -> None:
    """Even kill -9 of this program ends its children (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _in_words(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name
