"""From the outbox to the mail server: a batch at a time, each e-mail finished at once."""

import time
from collections.abc import Callable
from datetime import timedelta

from flask import current_app

from portal.notifications import outbox
from portal.notifications.mime import Address, Letter, Unsendable, address_on_the_wire, compose
from portal.notifications.outbox import Claimed
from portal.notifications.smtp import Connection, NotTaken, ServerAway, Settings

LONGEST_SENDING = timedelta(minutes=4)  # what one e-mail takes if every answer of the server is the slowest


class Delivery:
    """Sends what is due over one connection, kept from batch to batch."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        config = current_app.config
        self.sender = Address(config["MAIL_SENDER_NAME"], config["MAIL_SENDER"])
        self._connection = Connection(Settings.of(config))
        self._stopping = stopping
        self._gone: Claimed | None = None

    def deliver(self) -> int:
        """Send a batch; return how many e-mails were tried. ServerAway: the rest waits, untouched."""
        if not outbox.something_is_due():
            return 0
        self._connection.open()
        began = time.monotonic()
        rows = outbox.claim()
        try:
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
        finally:
            self._finish()

    def close(self) -> None:
        self._connection.close()

    def _send(self, row: Claimed) -> None:
        try:
            recipient = address_on_the_wire(row.recipient)
            self._connection.send(recipient, lambda: compose(letter(row, self.sender)), self._finish)
        except NotTaken as refusal:
            outbox.not_taken(row, str(refusal), final=refusal.final)
        except Unsendable as error:
            outbox.not_taken(row, str(error), final=True)
        else:
            self._gone = row

    def _finish(self) -> None:
        """Note that the last e-mail has gone: at the end of a batch, or while the server starts the next one."""
        row, self._gone = self._gone, None
        if row is not None:
            outbox.sent(row)


def _patience() -> float:
    """For how many seconds of a lease a new e-mail may still be started."""
    return (outbox.LEASE - LONGEST_SENDING).total_seconds()


def letter(row: Claimed, sender: Address) -> Letter:
    """A row as it is sent."""
    return Letter(
        sender=sender,
        recipient=Address(row.recipient_name, row.recipient),
        reply_to=Address(row.reply_to_name or "", row.reply_to) if row.reply_to else None,
        subject=row.subject,
        text=row.text,
        html=row.html,
        language=row.language,
        message_id=row.message_id,
        written_at=row.created_at,
    )
