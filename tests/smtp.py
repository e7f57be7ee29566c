"""A real mail server for the tests: what it received, and the ways a mail server fails."""

import asyncio
import contextlib
import email
import email.policy
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.waiting import LONGEST

LOOPBACK = "127.0.0.1"
FOR_EVER = 1_000_000_000


class Moment(StrEnum):
    """When the conversation goes wrong."""

    CONNECT = "connect"  # before the greeting
    RECIPIENT = "recipient"  # a recipient is named
    MESSAGE = "message"  # the message arrived and is not kept
    ANSWER = "answer"  # the message is kept, the sender never hears of it


@dataclass(frozen=True)
class Letter:
    """One message as received, with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes = b""


@dataclass
class Failure:
    """What goes wrong, when, for whom, and how many times more; no answer means the line goes dead."""

    moment: Moment
    answer: str | None
    recipient: str | None
    times: int


@dataclass
class MailServer:
    """What the tests see of the server; failures may be changed while it runs."""

    host: str
    port: int
    letters: list[Letter] = field(default_factory=list)
    connections: int = 0
    delay: float = 0.0
    failure: Failure | None = None
    arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def messages(self) -> list[EmailMessage]:
        return [letter.message for letter in self.letters]

    def to(self, address: str) -> list[EmailMessage]:
        """The messages this address received."""
        return [letter.message for letter in self.letters if address in letter.recipients]

    def refuse(self, code: int = 451, recipient: str | None = None, times: int = FOR_EVER) -> None:
        """Answer 4xx (try later) or 5xx (never), to every message or for one recipient."""
        moment = Moment.RECIPIENT if recipient else Moment.MESSAGE
        self.failure = Failure(moment, f"{code} Refused by the test", recipient, times)

    def drop(self, moment: Moment = Moment.MESSAGE, times: int = FOR_EVER) -> None:
        """Cut the connection at this moment."""
        self.failure = Failure(moment, None, None, times)

    def wait(self, seconds: float) -> None:
        """Take this long to answer each message."""
        self.delay = seconds

    def recover(self) -> None:
        """Work normally again."""
        self.failure, self.delay = None, 0.0

    def forget(self) -> None:
        """Empty the box and recover."""
        self.letters.clear()
        self.connections = 0
        self.recover()

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The messages, once there are that many; fails when they do not come."""
        deadline = time.monotonic() + LONGEST
        with self.arrived:
            while len(self.letters) < count:
                if not self.arrived.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{len(self.letters)} messages came, not {count}.")
        return self.messages

    def fails(self, moment: Moment, recipient: str | None = None) -> Failure | None:
        """The failure due at this moment, counted down."""
        due = self.failure
        if due is None or due.moment is not moment or due.recipient not in (None, recipient) or due.times < 1:
            return None
        due.times -= 1
        return due


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        box = MailServer(LOOPBACK, listener.getsockname()[1])
        controller = _Controller(box, listener)
        controller.start()
        box.connections = 0
        try:
            yield box
        finally:
            controller.stop()


class _Conversation(SMTP):
    """One connection; it may die before the greeting."""

    def __init__(self, handler: "_Handler", **options: Any) -> None:
        super().__init__(handler, **options)
        self.box = handler.box

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.box.connections += 1
        super().connection_made(transport)
        if self.box.fails(Moment.CONNECT):
            cast(asyncio.Transport, transport).abort()


class _Handler:
    def __init__(self, box: MailServer) -> None:
        self.box = box

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if failure := self.box.fails(Moment.RECIPIENT, address):
            return _fail(server, failure)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.box.delay:
            await asyncio.sleep(self.box.delay)
        if failure := self.box.fails(Moment.MESSAGE):
            return _fail(server, failure)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        raw = envelope.original_content or b""
        letter = Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, raw)
        with self.box.arrived:
            self.box.letters.append(letter)
            self.box.arrived.notify_all()
        if failure := self.box.fails(Moment.ANSWER):
            return _fail(server, failure)
        return "250 OK"


def _fail(server: SMTP, failure: Failure) -> str:
    if failure.answer is None:
        cast(asyncio.Transport, server.transport).abort()
        raise ConnectionResetError("Dropped by the test")
    return failure.answer


class _Controller(Controller):
    """Serves on a socket that is already bound, so that no port has to be guessed."""

    def __init__(self, box: MailServer, listener: socket.socket) -> None:
        super().__init__(_Handler(box), hostname=box.host, port=box.port)
        self.listener = listener

    def factory(self) -> SMTP:
        return _Conversation(self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)
