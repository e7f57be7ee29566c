"""One kept connection to a mail server, Flask-Mail's, renewed when it has been idle or broke.

Where several may be used, the first that answers is: one that was away is asked again after a while.
"""

import smtplib
import ssl
import time
from contextlib import suppress
from typing import cast

import flask_mail
from flask import Flask, current_app
from flask_mail import Mail

IDLE_SECONDS = 20.0
LEFT_ALONE_SECONDS = 300.0
"""For how long a server that was away is passed over, while another one answers."""
_NEVER = 500
_GOES_AWAY = 421

mail = Mail()


def init_app(app: Flask) -> None:
    mail.init_app(app)


class ServerAway(Exception):
    """The mail server cannot be reached or takes no mail now: no e-mail is at fault."""


class NotTaken(Exception):
    """This e-mail was not taken, or nobody knows whether it was; `final`: trying again would not help."""

    def __init__(self, answer: str, *, final: bool) -> None:
        super().__init__(answer)
        self.final = final


class _Patient(flask_mail.Connection):
    """Flask-Mail's connection, which waits a limited time and checks the server's certificate."""

    def __init__(self, state: Mail, server: str) -> None:
        super().__init__(state)
        self._server = server

    def configure_host(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        timeout = current_app.config["MAIL_TIMEOUT"]
        if self.mail.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(
                self._server, self.mail.port, timeout=timeout, context=context
            )
        else:
            host = smtplib.SMTP(self._server, self.mail.port, timeout=timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host


class Connection:
    """Sends e-mails one after the other over one conversation."""

    def __init__(self) -> None:
        self._kept: flask_mail.Connection | None = None
        self._used_at = 0.0
        self._away_until: dict[str, float] = {}

    def open(self) -> flask_mail.Connection:
        """The conversation, opened if there is none, or if it was idle and died; ServerAway if that fails."""
        if self._kept is not None and time.monotonic() - self._used_at > IDLE_SECONDS:
            self.close()
        if self._kept is None:
            self._kept = self._opened()
            self._used_at = time.monotonic()
        return self._kept

    def _opened(self) -> flask_mail.Connection:
        """A conversation with the first server that answers; those that were away lately come last."""
        state = cast(Mail, mail.init_mail(current_app.config))
        servers = (state.server, *current_app.config["MAIL_OTHER_SERVERS"])
        errors: list[Exception] = []
        for server in sorted(servers, key=self._is_left_alone):
            try:
                return cast(flask_mail.Connection, _Patient(state, server).__enter__())
            except (OSError, smtplib.SMTPException, ValueError) as error:
                self._away_until[server] = time.monotonic() + LEFT_ALONE_SECONDS
                errors.append(error)
        raise ServerAway(_reason(errors[0])) from errors[0]

    def _is_left_alone(self, server: str) -> bool:
        return time.monotonic() < self._away_until.get(server, float("-inf"))

    def check(self) -> None:
        """Open the conversation, again where the server hung up meanwhile; ServerAway if that fails."""
        host = self.open().host
        try:
            alive = host is None or host.noop()[0] < _NEVER
        except (OSError, smtplib.SMTPException):
            alive = False
        if not alive:
            self._drop()
            self.open()

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Hand one e-mail over. Raise ServerAway (it was not tried) or NotTaken."""
        host = self.open().host
        try:
            if host is not None:
                host.sendmail(sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            if code == _GOES_AWAY:  # it hung up as well
                self._drop()
            raise NotTaken(_answer(code, answer), final=code >= _NEVER) from error
        except smtplib.SMTPSenderRefused as error:
            self._drop()
            raise ServerAway(_reason(error)) from error
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise NotTaken(_reason(error), final=error.smtp_code >= _NEVER) from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotTaken(_reason(error), final=False) from error
        self._used_at = time.monotonic()

    def greeting(self) -> str:
        """How the mail server presented itself."""
        host = self.open().host
        answer = host.ehlo_resp or host.helo_resp if host is not None else None
        return (answer or b"").decode("utf-8", "replace")

    def listen(self) -> list[str]:
        """From now on, all that the mail server answers in this conversation, word for word."""
        heard: list[str] = []
        host = self.open().host
        if host is not None:
            hear = host.getreply

            def getreply() -> tuple[int, bytes]:
                code, words = hear()
                heard.append(_answer(code, words))
                return code, words

            host.getreply = getreply  # type: ignore[method-assign]  # of this conversation alone
        return heard

    def close(self) -> None:
        """End the conversation, politely if it still lives."""
        if self._kept is not None and self._kept.host is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._kept.host.quit()
        self._drop()

    def _drop(self) -> None:
        """Hang up."""
        if self._kept is not None and self._kept.host is not None:
            self._kept.host.close()
        self._kept = None


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"
