"""The demonstration's mail server keeps everything as files, and stops when asked."""

import email
import email.policy
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import LONGEST

pytestmark = pytest.mark.one_database


@contextmanager
def sink(folder: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from portal.notifications.sink import service; service.run('127.0.0.1', {port}, {str(folder)!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            _wait_for(port)
            yield port, process
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + LONGEST
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def send(port: int, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, "localhost") as server:
        server.sendmail("a@demo.example", ["b@demo.example"], f"Subject: {subject}\r\n\r\n.Bonjour\r\n")


def subjects(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.eml"))
    return [
        email.message_from_bytes(one.read_bytes(), policy=email.policy.default)["Subject"] for one in files
    ]


def test_it_keeps_what_it_takes_beside_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "emails"
    for subject in ("First", "Second"):
        with sink(folder) as (port, process):
            send(port, subject)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONGEST) == 0
    assert subjects(folder) == ["First", "Second"]
    assert (folder / "000002.eml").read_bytes().endswith(b"\r\n.Bonjour\r\n")
