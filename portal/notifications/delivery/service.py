"""From the outbox to the mail server: a batch at a time, each e-mail finished at once."""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.db import db
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.claims import service as claims
from portal.notifications.claims.service import Claimed
from portal.notifications.mail import rules as headers
from portal.notifications.mail.service import Connection, NotTaken, ServerAway
from portal.notifications.outbox import service as outbox
from portal.notifications.pauses import queries as pauses
from portal.notifications.preferences import queries as choices
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Hours
from portal.notifications.returns import queries as returns_of
from portal.notifications.returns import service as returns
from portal.notifications.rules import (
    LONGEST_SENDING,
    NO_ADDRESS,
    NO_LETTER,
    PAUSED,
    PUT_OFF_FOR,
    asks_for_less,
    share,
)
from portal.notifications.signing import service as signing
from portal.web.addresses import is_email

log = logging.getLogger(__name__)
_PATIENCE_AT_THE_END = 30.0  # seconds
TURN = 0.0001
"""For how many seconds one thread of a worker may keep another from going on (sys.setswitchinterval): the conversation
with the mail server does not wait until the next e-mail is written."""


class Delivery:
    """Sends what is due over one connection, kept from batch to batch.

    `between`: called between two e-mails. What is in hand stays here when the database does not answer: an e-mail that
    the server took is noted as sent before the server is asked anything again, so that it leaves once. The next one is
    written while the mail server and the database answer.
    """

    def __init__(
        self, stopping: Callable[[], bool] = lambda: False, between: Callable[[], object] = lambda: None
    ) -> None:
        self._connection = Connection()
        self._stopping = stopping
        self._between = between
        self._taken: deque[tuple[Claimed, datetime]] = deque()
        self._untried: deque[Claimed] = deque()
        self._slow: dict[str, float] = {}
        """Until when domains are left alone that asked for less."""

    def deliver(self) -> int:
        """Send a batch; return how many e-mails were tried. ServerAway: the rest waits, untouched."""
        self.catch_up()
        if not claims.something_is_due():
            return 0
        self._connection.check()
        began = time.monotonic()
        self._untried.extend(claims.claim())
        paused = returns_of.paused({claimed.recipient for claimed in self._untried})
        hours = choices.hours({claimed.person_id for claimed in self._untried if claimed.person_id})
        kinds = pauses.paused({claimed.kind for claimed in self._untried})
        taken = tried = 0
        writer, following = ThreadPoolExecutor(1), None
        try:
            while self._untried and not self._stopping() and time.monotonic() - began <= _patience():
                row = self._untried.popleft()
                letter = following or _begin(writer, row)
                following = _begin(writer, self._untried[0]) if self._untried else None
                if row.recipient in paused and not row.confidential:
                    claims.not_taken(row, PAUSED, final=True)
                    continue
                if row.kind in kinds:
                    claims.hold(row)
                    continue
                if later := self._later(row, hours):
                    claims.put_off(row, later)
                    continue
                taken += self._send(row, letter)
                tried += 1
                self._between()
        finally:
            writer.shutdown(cancel_futures=True)
            if tried:
                log.info("%d e-mails sent, %d not taken", taken, tried - taken)
        self.catch_up()
        return tried

    def catch_up(self) -> None:
        """Note what was sent, and give back what was not tried."""
        while self._taken:
            row, at = self._taken[0]
            claims.sent(row, at)
            self._taken.popleft()
        claims.release(list(self._untried))
        self._untried.clear()

    def close(self) -> None:
        """Take leave of the mail server, with patience to note what it took."""
        until = time.monotonic() + _PATIENCE_AT_THE_END
        while self._taken and time.monotonic() < until:
            try:
                self.catch_up()
            except SQLAlchemyError:
                db.session.remove()
                time.sleep(0.5)
        self._connection.close()

    def _send(self, row: Claimed, letter: Future[bytes]) -> bool:
        """Was it taken?"""
        try:
            self._connection.send(returns.return_path(row.id), row.recipient, letter.result())
        except ServerAway:
            self._untried.appendleft(row)
            self.catch_up()
            raise
        except NotTaken as refusal:
            if asks_for_less(str(refusal)):
                self._slow[_domain(row)] = time.monotonic() + PUT_OFF_FOR.total_seconds()
            claims.not_taken(row, str(refusal), final=refusal.final)
            return False
        self._taken.append((row, clock.now()))
        claims.sent(row, self._taken[-1][1])
        self._taken.pop()
        return True

    def _later(self, row: Claimed, hours: Mapping[int, Hours]) -> datetime | None:
        """When one leaves that does not now: its domain asked for less at a time, or the quiet hours of its reader
        began while it waited."""
        now = clock.now()
        if time.monotonic() < self._slow.get(_domain(row), float("-inf")):
            return now + PUT_OFF_FOR * share()
        awake = preferences.leaves_at(row.kind, hours.get(row.person_id or 0, Hours()), now)
        return awake if awake > now else None


def _domain(row: Claimed) -> str:
    return row.recipient.rpartition("@")[2].lower()


def _patience() -> float:
    """For how many seconds of a lease a new e-mail may still be started."""
    return (claims.LEASE - LONGEST_SENDING).total_seconds()


def _begin(writer: ThreadPoolExecutor, row: Claimed) -> Future[bytes]:
    return writer.submit(copy_context().run, _written, row)


def _written(row: Claimed) -> bytes:
    """The bytes of an e-mail; NotTaken where no mail server would take it."""
    if not is_email(row.recipient):
        raise NotTaken(f"{NO_ADDRESS}: {row.recipient!r}", final=True)
    try:
        return signing.signed(letter(row).as_bytes())
    except ValueError as error:
        raise NotTaken(f"{NO_LETTER}: {error}", final=True) from error


def letter(row: Claimed) -> EmailMessage:
    """A row as it is sent. A Reply-To that nobody could write to is left out; ValueError: no e-mail can be made."""
    config = current_app.config
    message = EmailMessage(policy=headers.AS_WRITTEN)
    message.set_raw("Date", format_datetime(row.created_at))
    message.set_raw("Message-ID", row.message_id)
    message.set_raw("From", headers.mailbox("From", config["MAIL_SENDER_NAME"], config["MAIL_SENDER"]))
    message.set_raw("To", headers.mailbox("To", row.recipient_name, row.recipient))
    if answers_to := _answers_to(row):
        message.set_raw("Reply-To", headers.mailbox("Reply-To", row.reply_to_name or "", answers_to))
    message.set_raw("Subject", headers.text("Subject", row.subject))
    if row.thread:  # under a root that is no e-mail, since not everybody gets the first
        root = f"<{row.thread}@{config['MAIL_SENDER'].rpartition('@')[2]}>"
        message.set_raw("In-Reply-To", root)
        message.set_raw("References", root)
    message.set_raw("List-Id", _list_id(row))
    _offer_to_stop(message, row)
    message.set_raw("Auto-Submitted", "auto-generated")
    message.set_raw("X-Auto-Response-Suppress", "OOF, AutoReply")  # Exchange's word for the same
    message.set_content(row.text, cte="base64")  # no line grows too long: RFC 5321, 4.5.3.1.6
    message.add_alternative(row.html, subtype="html", cte="base64")
    if row.calendar:
        _with_calendars(message, row.calendar)
    message.set_raw(
        "Content-Language", row.language
    )  # last: what begins with Content- went into the first part
    return message


_END = "END:VCALENDAR\r\n"


def _with_calendars(message: EmailMessage, calendar: str) -> None:
    """The first date in a part, by which Outlook and Gmail know an invitation, and each in a file, for all others
    (RFC 6047); in base64, since line ends that change on the way break both."""
    first, *others = [date + _END for date in calendar.split(_END) if date]
    method = next(line.partition(":")[2] for line in first.splitlines() if line.startswith("METHOD:"))
    message.add_alternative(first, subtype="calendar", cte="base64", params={"method": method})
    for number, date in enumerate((first, *others), start=1):
        name = "invite.ics" if number == 1 else f"invite-{number}.ics"
        message.add_attachment(
            date.encode(),
            maintype="application",
            subtype="ics",
            cte="base64",
            filename=name,
            params={"name": name},
        )


def _answers_to(row: Claimed) -> str | None:
    """The portal, which hands an answer on to whoever may read it; else the person who wrote, where anybody can."""
    config = current_app.config
    if row.answers and config["MAIL_INBOX"]:
        return addresses.written(config["MAIL_INBOX"], config["SECRET_KEY"], Use.ANSWER, row.id)
    return row.reply_to if row.reply_to and is_email(row.reply_to) else None


def _list_id(row: Claimed) -> str:
    """What a mailbox sorts by: the part of the portal that it comes from (RFC 2919)."""
    feature, host = (
        row.kind.partition("/")[0].replace("_", "-"),
        urlsplit(current_app.config["PORTAL_URL"]).hostname,
    )
    return f"<{feature}.{host}>"


def _offer_to_stop(message: EmailMessage, row: Claimed) -> None:
    """In one click in the mail program, without signing in (RFC 8058), where these e-mails may be switched off."""
    token = preferences.stop_token(row.kind, row.person_id, row.organisation_id)
    if token is None:
        return
    message.set_raw("List-Unsubscribe", f"<{preferences.stop_url(token)}>")
    if current_app.config["PORTAL_URL"].startswith("https://"):
        message.set_raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def greeting() -> str:
    """Connect to the mail server, as for an e-mail, and say what it says; ServerAway if that fails."""
    connection = Connection()
    try:
        connection.check()
        return f"answers: {' '.join(connection.greeting().split())}"
    finally:
        connection.close()


def send_test(address: str) -> list[str]:
    """Send one e-mail at once; what the mail server answered. ServerAway or NotTaken where it did not take it."""
    connection = Connection()
    try:
        heard = connection.listen()
        connection.send(returns.return_path(0), address, _written(_test(address)))
        return list(heard)  # without the farewell
    finally:
        connection.close()


def _test(address: str) -> Claimed:
    """An e-mail like any other, that no row keeps."""
    site, now = current_app.config["PORTAL_URL"], clock.now()
    text = f"Le portail {site} envoie ses courriels.\n\nThe portal sends its e-mails.\n"
    return Claimed(
        id=0,
        kind="notifications/test",
        recipient=address,
        recipient_name="",
        reply_to=None,
        reply_to_name=None,
        language="fr",
        subject="Essai du portail – Test of the portal",
        text=text,
        html="".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n")),
        message_id=outbox.message_id(),
        thread=None,
        answers=None,
        confidential=False,
        created_at=now,
        attempts=0,
        leased_until=now,
    )
