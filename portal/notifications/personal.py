"""What the outbox holds of a person: the e-mails written to them, and until when."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from portal import clock
from portal.db import db, require_transaction
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.rules import BODIES_KEPT, ROWS_KEPT, SECRETS_KEPT


def of_person(email: str) -> dict[str, list[dict[str, Any]]]:
    """The e-mails to an address that are still kept; of those that hold a secret link, all but the link."""
    secret = case((OutboxEmail.confidential, ""), else_=OutboxEmail.text)
    statement = (
        select(
            OutboxEmail.kind,
            OutboxEmail.recipient,
            OutboxEmail.recipient_name,
            OutboxEmail.subject,
            secret.label("text"),
            OutboxEmail.created_at,
            OutboxEmail.sent_at,
            OutboxEmail.given_up_at,
            OutboxEmail.last_error,
        )
        .where(OutboxEmail.recipient == email)
        .order_by(OutboxEmail.id)
    )
    failures = (
        select(MailFailure.address, MailFailure.error, MailFailure.at, MailFailure.forgiven_at)
        .where(MailFailure.address == email)
        .order_by(MailFailure.id)
    )
    return {
        "emails_to_them": [dict(row) for row in db.session.execute(statement).mappings()],
        "emails_not_delivered": [dict(row) for row in db.session.execute(failures).mappings()],
    }


def blank(ids: Sequence[int]) -> int:
    """Forget what these finished e-mails said, where it is old."""
    require_transaction()
    which = OutboxEmail.id.in_(ids), is_old_text()
    result: Any = db.session.execute(
        update(OutboxEmail)
        .where(*which)
        .values(text="", html="")
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def is_old_text() -> ColumnElement[bool]:
    """E-mails sent or given up a month ago, secrets a day ago, that still hold what they said."""
    given_up, before = OutboxEmail.given_up_at, clock.days_ago(BODIES_KEPT)
    secrets_too = and_(given_up < clock.days_ago(SECRETS_KEPT), OutboxEmail.confidential)
    old = or_(OutboxEmail.sent_at < before, given_up < before, secrets_too)
    return and_(old, OutboxEmail.text != "")


def is_old() -> ColumnElement[bool]:
    """E-mails sent or given up longer ago than anything of them is kept."""
    before = clock.days_ago(ROWS_KEPT)
    return or_(OutboxEmail.sent_at < before, OutboxEmail.given_up_at < before)
