"""The outbox: written in the caller's transaction, sent by workers, at least once.

A worker claims a few e-mails for a while (a lease), sends each over one kept connection and finishes it at once, so
that a crash repeats at most one, under the same Message-ID. Failures are tried again later and later, then given up
and shown to the national cell.
"""

import email.utils
import random
import secrets
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from flask_mail import Connection, Mail
from flask_mail import Message as MailMessage
from sqlalchemy import or_, select, update

from portal import clock
from portal.db import db, require_transaction, transaction
from portal.notifications.message import Message, Recipient, render
from portal.notifications.models import OutboxEmail

LEASE = timedelta(minutes=2)
BATCH = 20
MOST_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=4)
BODIES_KEPT = timedelta(days=30)

mail = Mail()


def init_app(app: Flask) -> None:
    app.config.setdefault("MAIL_DEFAULT_SENDER", (app.config["MAIL_SENDER_NAME"], app.config["MAIL_SENDER"]))
    mail.init_app(app)


def enqueue(
    kind: str,
    recipient: Recipient,
    message: Message,
    *,
    dedupe: str | None = None,
    confidential: bool = False,
) -> None:
    """Write an e-mail into the caller's transaction: it leaves only if that commits.

    With a `dedupe` key already used, nothing is written.
    """
    require_transaction()
    if dedupe and db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.dedupe == dedupe)):
        return
    rendered = render(kind, recipient, message)
    domain = current_app.config["MAIL_SENDER"].rpartition("@")[2]
    db.session.add(
        OutboxEmail(
            kind=kind,
            recipient=recipient.email,
            recipient_name=recipient.name,
            reply_to=email.utils.formataddr(message.reply_to) if message.reply_to else None,
            language=recipient.language,
            subject=rendered.subject[:300],
            text=rendered.text,
            html=rendered.html,
            message_id=f"<{secrets.token_hex(16)}@{domain}>",
            dedupe=dedupe,
            confidential=confidential,
        )
    )


def claim(limit: int = BATCH) -> Sequence[OutboxEmail]:
    """Take some due e-mails for the length of a lease; no other worker takes them meanwhile."""
    now = clock.now()
    due = (
        select(OutboxEmail.id)
        .where(
            OutboxEmail.next_attempt_at <= now,
            or_(OutboxEmail.leased_until.is_(None), OutboxEmail.leased_until < now),
        )
        .order_by(OutboxEmail.next_attempt_at, OutboxEmail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with transaction() as session:
        ids = session.scalars(due).all()
        if not ids:
            return []
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.id.in_(ids))
            .values(leased_until=now + LEASE, attempts=OutboxEmail.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        found = select(OutboxEmail).where(OutboxEmail.id.in_(ids)).order_by(OutboxEmail.id)
        return session.scalars(found.execution_options(populate_existing=True)).all()


def _values_when_sent(row: OutboxEmail) -> dict[str, Any]:
    blank = {"text": "", "html": ""} if row.confidential else {}
    return {
        "sent_at": clock.now(),
        "next_attempt_at": None,
        "leased_until": None,
        "last_error": None,
        **blank,
    }


def _values_when_failed(row: OutboxEmail, error: Exception) -> dict[str, Any]:
    """Later, or never again: after the last attempt, or when the mail server refuses for good."""
    values: dict[str, Any] = {"leased_until": None, "last_error": repr(error)[:500]}
    if row.attempts >= MOST_ATTEMPTS or _is_final(error):
        return {**values, "next_attempt_at": None, "given_up_at": clock.now()}
    return {**values, "next_attempt_at": next_attempt(clock.now(), row.attempts)}


def _is_final(error: Exception) -> bool:
    """A 5xx answer about this recipient or this message will not change."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600


def next_attempt(now: datetime, attempts: int) -> datetime:
    """When to try again after so many attempts: twice as long each time, give or take a quarter."""
    delay: timedelta = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
    return now + delay * random.uniform(0.75, 1.25)  # noqa: S311 (spreads retries; no secret)


def _finish(row: OutboxEmail, values: dict[str, Any]) -> None:
    with transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.id == row.id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _mail_message(row: OutboxEmail) -> MailMessage:
    message = MailMessage(
        subject=row.subject,
        recipients=[(row.recipient_name, row.recipient)],
        body=row.text,
        html=row.html,
        reply_to=row.reply_to,
        extra_headers={"Auto-Submitted": "auto-generated", "Content-Language": row.language},
    )
    message.msgId = row.message_id
    return message


def deliver(limit: int = BATCH) -> int:
    """Send what is due, over one connection; return how many were taken. Errors stay with their e-mail."""
    rows = claim(limit)
    if not rows:
        return 0
    connection: Connection | None = None
    for row in rows:
        try:
            if connection is None:
                connection = mail.connect().__enter__()
            connection.send(_mail_message(row))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            _finish(row, _values_when_failed(row, error))
            connection = _closed(connection)
        else:
            _finish(row, _values_when_sent(row))
    _closed(connection)
    return len(rows)


def _closed(connection: Connection | None) -> None:
    if connection is not None and connection.host is not None:
        try:
            connection.host.quit()
        except (OSError, smtplib.SMTPException):
            connection.host.close()


def try_again(email_id: int) -> bool:
    """Give a given-up e-mail new attempts; False if it is not given up."""
    require_transaction()
    result = db.session.execute(
        update(OutboxEmail)
        .where(OutboxEmail.id == email_id, OutboxEmail.given_up_at.is_not(None))
        .values(given_up_at=None, attempts=0, next_attempt_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)


def purge_bodies() -> int:
    """Blank the bodies of e-mails sent long ago; that they were sent stays known."""
    require_transaction()
    result = db.session.execute(
        update(OutboxEmail)
        .where(OutboxEmail.sent_at < clock.now() - BODIES_KEPT, OutboxEmail.text != "")
        .values(text="", html="")
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)
