"""From the outbox to the mail server: a batch at a time, each e-mail finished at once."""

import time
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from flask_mail import Message

from portal.notifications import outbox
from portal.notifications.outbox import Claimed
from portal.notifications.smtp import Connection, NotTaken, ServerAway

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
        for tried, row in enumerate(rows):
            if self._stopping() or time.monotonic() - began > _patience():
                outbox.release(rows[tried:])
                return tried
            try:
                self._send(row)
            except ServerAway:
                outbox.release(rows[tried:])
                raise
        return len(rows)

    def close(self) -> None:
        self._connection.close()

    def _send(self, row: Claimed) -> None:
        try:
            self._connection.send(letter(row))
        except NotTaken as refusal:
            outbox.not_taken(row, str(refusal), final=refusal.final)
        else:
            outbox.sent(row)


def _patience() -> float:
    """For how many seconds of a lease a new e-mail may still be started."""
    return (outbox.LEASE - LONGEST_SENDING).total_seconds()


def letter(row: Claimed) -> Message:
    """A row as it is sent."""
    config = current_app.config
    message = Message(
        subject=row.subject,
        sender=(config["MAIL_SENDER_NAME"], config["MAIL_SENDER"]),
        recipients=[(row.recipient_name, row.recipient)],
        reply_to=(row.reply_to_name or "", row.reply_to) if row.reply_to else None,
        body=row.text,
        html=row.html,
        date=row.created_at.timestamp(),
        extra_headers={"Auto-Submitted": "auto-generated", "Content-Language": row.language},
    )
    message.msgId = row.message_id
    return message
