"""From the outbox to the mail server: a batch at a time, each e-mail finished at once."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from flask import current_app

from portal import clock
from portal.notifications import headers, outbox
from portal.notifications.outbox import Claimed
from portal.notifications.rules import NO_ADDRESS, NO_LETTER
from portal.notifications.smtp import Connection, NotTaken, ServerAway
from portal.web.addresses import is_email

log = logging.getLogger(__name__)
LONGEST_SENDING = timedelta(minutes=2)  # what one e-mail takes if every answer of the server is the slowest


class Delivery:
    """Sends what is due over one connection, kept from batch to batch."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self._connection = Connection()
        self._stopping = stopping

    def deliver(self) -> int:
        """Send a batch; return how many e-mails were tried. ServerAway: the rest waits, untouched."""
        if not outbox.something_is_due():
            return 0
        self._connection.check()
        began = time.monotonic()
        rows = outbox.claim()
        taken = tried = 0
        try:
            for row in rows:
                if self._stopping() or time.monotonic() - began > _patience():
                    break
                taken += self._send(row)
                tried += 1
        except ServerAway:
            outbox.release(rows[tried:])
            raise
        finally:
            if tried:
                log.info("%d e-mails sent, %d not taken", taken, tried - taken)
        outbox.release(rows[tried:])
        return tried

    def close(self) -> None:
        self._connection.close()

    def _send(self, row: Claimed) -> bool:
        """Was it taken?"""
        try:
            self._connection.send(current_app.config["MAIL_SENDER"], row.recipient, _written(row))
        except NotTaken as refusal:
            outbox.not_taken(row, str(refusal), final=refusal.final)
            return False
        outbox.sent(row)
        return True


def _patience() -> float:
    """For how many seconds of a lease a new e-mail may still be started."""
    return (outbox.LEASE - LONGEST_SENDING).total_seconds()


def _written(row: Claimed) -> bytes:
    """The bytes of an e-mail; NotTaken where no mail server would take it."""
    if not is_email(row.recipient):
        raise NotTaken(f"{NO_ADDRESS}: {row.recipient!r}", final=True)
    try:
        return letter(row).as_bytes()
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
    if row.reply_to and is_email(row.reply_to):
        message.set_raw("Reply-To", headers.mailbox("Reply-To", row.reply_to_name or "", row.reply_to))
    message.set_raw("Subject", headers.text("Subject", row.subject))
    message.set_raw("Auto-Submitted", "auto-generated")
    message.set_raw("X-Auto-Response-Suppress", "OOF, AutoReply")  # Exchange's word for the same
    message.set_content(row.text, cte="base64")  # no line grows too long: RFC 5321, 4.5.3.1.6
    message.add_alternative(row.html, subtype="html", cte="base64")
    message.set_raw(
        "Content-Language", row.language
    )  # last: what begins with Content- went into the first part
    return message


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
        connection.send(current_app.config["MAIL_SENDER"], address, _written(_test(address)))
        return heard
    finally:
        connection.close()


def _test(address: str) -> Claimed:
    """An e-mail like any other, that no row keeps."""
    site, now = current_app.config["PORTAL_URL"], clock.now()
    text = f"Le portail {site} envoie ses courriels.\n\nThe portal sends its e-mails.\n"
    return Claimed(
        id=0,
        recipient=address,
        recipient_name="",
        reply_to=None,
        reply_to_name=None,
        language="fr",
        subject="Essai du portail – Test of the portal",
        text=text,
        html="".join(f"<p>{escape(one)}</p>" for one in text.split("\n\n")),
        message_id=outbox.message_id(),
        confidential=False,
        created_at=now,
        attempts=0,
        leased_until=now,
    )
