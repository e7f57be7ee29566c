"""What the outbox holds of a person: the e-mails written to them, and until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update

from portal import clock
from portal.db import db, require_transaction
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.notifications.rules import BODIES_KEPT, ROWS_KEPT, SECRETS_KEPT


def of_person(person_id: int, email: str) -> dict[str, list[dict[str, Any]]]:
    """The e-mails to an address that are still kept, of those that hold a secret link, all but the link; and how its
    owner wants to get them."""
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
            OutboxEmail.digested_at,
            OutboxEmail.read_at,
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
        "emails_to_them": _rows(statement),
        "emails_not_delivered": _rows(failures),
        "choices_about_emails": _rows(
            select(EmailChoice.organisation_id, EmailChoice.topic, EmailChoice.rhythm).where(
                EmailChoice.person_id == person_id
            )
        ),
        "hours_of_emails": _rows(
            select(EmailHours.digest, EmailHours.quiet_from, EmailHours.quiet_until, EmailHours.place).where(
                EmailHours.person_id == person_id
            )
        ),
    }


def _rows(statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def forget(person_id: int) -> None:
    """How somebody wanted their e-mails; what waits for a digest of theirs leaves no more."""
    require_transaction()
    for table in (EmailChoice, EmailHours):
        gone = delete(table).where(table.person_id == person_id)
        db.session.execute(gone.execution_options(synchronize_session=False))
    theirs = update(OutboxEmail).where(OutboxEmail.person_id == person_id)
    db.session.execute(
        theirs.values(digest_at=None, person_id=None).execution_options(synchronize_session=False)
    )


def blank(ids: Sequence[int]) -> int:
    """Forget what these finished e-mails said, where it is old."""
    require_transaction()
    which = OutboxEmail.id.in_(ids), is_old_text()
    result: Any = db.session.execute(
        update(OutboxEmail)
        .where(*which)
        .values(text="", html="", calendar="")
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def is_old_text() -> ColumnElement[bool]:
    """E-mails sent or given up a month ago, secrets a day ago, that still hold what they said."""
    given_up, before = OutboxEmail.given_up_at, clock.days_ago(BODIES_KEPT)
    secrets_too = and_(given_up < clock.days_ago(SECRETS_KEPT), OutboxEmail.confidential)
    old = or_(OutboxEmail.sent_at < before, given_up < before, secrets_too, _only_here(before))
    return and_(old, OutboxEmail.text != "")


def is_old() -> ColumnElement[bool]:
    """E-mails sent or given up longer ago than anything of them is kept."""
    before = clock.days_ago(ROWS_KEPT)
    return or_(OutboxEmail.sent_at < before, OutboxEmail.given_up_at < before, _only_here(before))


def _only_here(before: datetime) -> ColumnElement[bool]:
    """E-mails written before a moment that did not leave by themselves: read in the portal, or in a digest."""
    nowhere = (
        OutboxEmail.next_attempt_at,
        OutboxEmail.digest_at,
        OutboxEmail.held_at,
        OutboxEmail.sent_at,
        OutboxEmail.given_up_at,
    )
    return and_(
        OutboxEmail.created_at < before,
        *(instrumented_attribute.is_(None) for instrumented_attribute in nowhere),
    )
