"""A mail server hands e-mails over by LMTP; what cannot be taken now stays with it."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.waiting import LONGEST

pytestmark = pytest.mark.one_database
PROGRAM = """
from portal.notifications.listener import service
def take(sender, recipient, content):
    if b"not now" in content:
        raise RuntimeError("the database is away")
    with open({path!r}, "a") as file:
        file.write(f"{{sender}} {{recipient}} {{len(content)}}\\n")
service.run("unix:{socket}", 5000, take)
"""


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Path]:
    """Where the listener writes what it took; its socket stands beside."""
    path, socket = tmp_path / "taken", tmp_path / "lmtp.sock"
    program = PROGRAM.format(path=str(path), socket=str(socket))
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    deadline = time.monotonic() + LONGEST
    while not socket.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield path
    process.terminate()
    assert process.wait(LONGEST) == 0


def server(taken: Path) -> smtplib.LMTP:
    """The side of the mail server."""
    return smtplib.LMTP(str(taken.parent / "lmtp.sock"))


def test_what_is_taken_is_said_so(taken: Path) -> None:
    with server(taken) as lmtp:
        assert lmtp.sendmail("a@b.test", ["portail@exemple.test"], b"Subject: x\r\n\r\nBonjour\r\n") == {}
        assert lmtp.sendmail("", ["portail@exemple.test"], b"Subject: x\r\n\r\nBonjour\r\n") == {}
    senders = [line.split()[0] for line in taken.read_text().splitlines()]
    assert senders == ["a@b.test", "<>"], "as letters.read understands it"


def test_what_cannot_be_taken_now_comes_again(taken: Path) -> None:
    with server(taken) as lmtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            lmtp.sendmail("a@b.test", ["portail@exemple.test"], b"Subject: x\r\n\r\nnot now\r\n")
        assert refused.value.smtp_code == 451
        assert lmtp.sendmail("a@b.test", ["portail@exemple.test"], b"Subject: x\r\n\r\nnow\r\n") == {}


def test_one_recipient_at_a_time_and_nothing_too_large(taken: Path) -> None:
    with server(taken) as lmtp:
        lmtp.ehlo_or_helo_if_needed()
        assert lmtp.mail("a@b.test")[0] == 250
        assert [lmtp.rcpt(f"{one}@exemple.test")[0] for one in "xy"] == [250, 452]
        lmtp.rset()
        with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
            lmtp.sendmail("a@b.test", ["portail@exemple.test"], b"x" * 6000)
