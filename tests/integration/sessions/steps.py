"""What is done with registrations, and what of it can be seen."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import service
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Asked
from tests.integration.requests.steps import actor_of


def asked(name: str, email: str | None = None) -> Asked:
    """An address of their own, unless another is said."""
    given = f"{name.lower().replace(' ', '.')}@exemple.test" if email is None else email
    return Asked(name, given, "fr")


def register(
    session: CollectiveSession, by: Membership, name: str, email: str | None = None, *, may_wait: bool = True
) -> Registration:
    with transaction():
        return service.register(
            actor_of(by),
            session.id,
            f"key-{session.id}-{by.id}-{name}",
            asked(name, email),
            may_wait=may_wait,
        )


def standings(session: CollectiveSession) -> dict[str, str]:
    """By name, as rows have it."""
    statement = select(Registration).where(Registration.session_id == session.id).order_by(Registration.id)
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {row.name: row.standing.value for row in rows}


def letters(kind: str | None = None) -> Sequence[OutboxEmail]:
    """About sessions, the first first."""
    named = OutboxEmail.kind == f"sessions/{kind}" if kind else OutboxEmail.kind.like("sessions/%")
    return db.session.scalars(select(OutboxEmail).where(named).order_by(OutboxEmail.id)).all()


def told(kind: str) -> list[str]:
    """To whom e-mails of a kind went."""
    return sorted(letter.recipient for letter in letters(kind))
