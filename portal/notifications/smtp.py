"""One kept connection to the mail server, renewed when it has been idle or broke."""

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

IDLE_SECONDS = 20.0
CONNECT_SECONDS = 10.0
LAST_ANSWER_SECONDS = 120.0
GOODBYE_SECONDS = 1.0
_NEVER = 500


class ServerAway(Exception):
    """The mail server cannot be reached or takes no mail now: no e-mail is at fault."""


class NotTaken(Exception):
    """This e-mail was not taken, or nobody knows whether it was; `final`: trying again would not help."""

    def __init__(self, answer: str, *, final: bool) -> None:
        super().__init__(answer)
        self.final = final


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the mail server is; `timeout` in seconds, for each of its answers."""

    host: str
    port: int
    sender: str
    own_name: str
    username: str | None
    password: str | None
    starttls: bool
    tls: bool
    timeout: float

    @classmethod
    def of(cls, config: dict[str, Any]) -> Self:
        return cls(
            host=config["MAIL_SERVER"],
            port=config["MAIL_PORT"],
            sender=config["MAIL_SENDER"],
            own_name=urlsplit(config["PORTAL_URL"]).hostname or "localhost",
            username=config.get("MAIL_USERNAME"),
            password=config.get("MAIL_PASSWORD"),
            starttls=config.get("MAIL_USE_TLS", False),
            tls=config.get("MAIL_USE_SSL", False),
            timeout=config["MAIL_TIMEOUT"],
        )


class Connection:
    """Sends e-mails one after the other over one conversation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0

    def open(self) -> smtplib.SMTP:
        """The conversation, opened if there is none or it has been idle; ServerAway if that fails."""
        if self._server is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()
        if self._server is None:
            try:
                self._server = self._connect()
            except (OSError, smtplib.SMTPException, ValueError) as error:
                raise ServerAway(_said(error)) from error
            self._used_at = time.monotonic()
        return self._server

    def send(
        self, recipient: str, write: Callable[[], bytes], meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Hand one e-mail over. Raise ServerAway (it was not tried) or NotTaken.

        `write` gives its bytes, `meanwhile` is any other work, run once. Both run while the server thinks of its
        answers, time otherwise lost (`bench/outbox.py`): `meanwhile` always before the message is sent.
        """
        try:
            server = self._begin(_Once(meanwhile))
            code, words = self._talk(server, recipient, write)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotTaken(_said(error), final=False) from error
        except BaseException:
            self.drop()
            raise
        self._used_at = time.monotonic()
        if not _is_good(code):
            self.close()
            raise NotTaken(_answer(code, words), final=code >= _NEVER)

    def close(self) -> None:
        """End the conversation, politely if it still lives."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                _be_patient(self._server, GOODBYE_SECONDS)
                self._server.quit()
        self.drop()

    def drop(self) -> None:
        """Hang up."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        server = self._greeted()
        try:
            if self.settings.starttls:
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.settings.username and self.settings.password:
                server.login(self.settings.username, self.settings.password)
            _be_patient(server, self.settings.timeout)
        except BaseException:
            server.close()
            raise
        return server

    def _greeted(self) -> smtplib.SMTP:
        host, port, own_name = self.settings.host, self.settings.port, self.settings.own_name
        if self.settings.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, own_name, timeout=CONNECT_SECONDS, context=context)
        return smtplib.SMTP(host, port, own_name, timeout=CONNECT_SECONDS)

    def _begin(self, meanwhile: "_Once") -> smtplib.SMTP:
        """Start an e-mail; a kept conversation that has died meanwhile is renewed once."""
        if self._server is not None:
            with suppress(ServerAway):
                return self._name_sender(meanwhile)
        return self._name_sender(meanwhile)

    def _name_sender(self, meanwhile: "_Once") -> smtplib.SMTP:
        """The sender is the same for every e-mail: a server that refuses it refuses the portal."""
        server = self.open()
        try:
            server.putcmd("MAIL", f"FROM:<{self.settings.sender}>")
            meanwhile()
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAway(_said(error)) from error
        if not _is_good(code):
            self.close()
            raise ServerAway(_answer(code, words))
        return server

    def _talk(self, server: smtplib.SMTP, recipient: str, write: Callable[[], bytes]) -> tuple[int, bytes]:
        """The answer to the recipient if it is a refusal, else to the message."""
        server.putcmd("RCPT", f"TO:<{recipient}>")
        content = write()
        code, words = server.getreply()
        if not _is_good(code):
            return code, words
        try:
            _be_patient(server, LAST_ANSWER_SECONDS)
            return server.data(content)
        except smtplib.SMTPDataError as error:
            return error.smtp_code, _bytes(error.smtp_error)
        finally:
            _be_patient(server, self.settings.timeout)


class _Once:
    """Work that is done at the first call only."""

    def __init__(self, work: Callable[[], None] | None) -> None:
        self._work = work

    def __call__(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


def _be_patient(server: smtplib.SMTP, seconds: float) -> None:
    """Wait at most so long for each next answer."""
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _is_good(code: int) -> bool:
    return 200 <= code < 300


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _answer(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"


def _said(error: Exception) -> str:
    """What happened, with the server's answer where it gave one."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, _bytes(error.smtp_error))
    return f"{type(error).__name__}: {error}"
