"""What the mail of the demonstration brought: an address that takes nothing, an answer from another address."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.demo.accounts import ACCOUNTS, COORDINATION, INTERVENTION
from portal.mailbox import emails
from portal.mailbox.models import ReceivedEmail
from portal.notifications.outbox.service import message_id
from portal.notifications.returns import service as returns
from portal.notifications.returns.rules import PAUSED_AFTER
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState

_GONE = "550 5.1.1 Cette boîte n’existe plus"
_ELSEWHERE = "chez-moi@demo.example"
_TEXT = "Bonjour,\n\nNous pouvons vous recevoir jeudi matin, à la ressourcerie."


def arrive() -> None:
    """A colleague of the partner is not reached any more; the coordinator wrote from another address."""
    coordinator = _member(COORDINATION.email)
    for _ in range(PAUSED_AFTER):
        returns.note(_somebody_near(_member(INTERVENTION.email)), message_id(), _GONE)
    held = ReceivedEmail(
        key="demonstration",
        answers=f"part-{_part_of(coordinator)}",
        person_id=coordinator.person_id,
        sender=_ELSEWHERE,
        text=_TEXT,
        at=clock.now(),
    )
    db.session.add(held)
    db.session.flush()
    emails.is_this_you(coordinator.person, held.id, held.sender)


def _member(email: str) -> Membership:
    statement = (
        select(Membership)
        .join(Membership.person)
        .where(Person.email == email)
        .options(contains_eager(Membership.person))
    )
    return db.session.scalars(statement.order_by(Membership.id).limit(1)).one()


def _somebody_near(member: Membership) -> str:
    """The address of somebody of the same team, or of another, whom nobody signs in as."""
    accounts = [account.email for account in ACCOUNTS]
    statement = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.email.not_in(accounts), Membership.ended_at.is_(None))
        .order_by(Membership.organisation_id != member.organisation_id, Membership.id)
    )
    return db.session.scalars(statement.limit(1)).one()


def _part_of(member: Membership) -> int:
    """A part of a request of the pole that the partner of the demonstration has accepted."""
    partner_id = _member(INTERVENTION.email).organisation_id
    statement = (
        select(Assignment.id)
        .join(Assignment.request)
        .where(
            SupportRequest.pole_id == member.organisation_id,
            Assignment.partner_id == partner_id,
            Assignment.state == AssignmentState.ACCEPTED,
        )
    )
    return db.session.scalars(statement.order_by(Assignment.id.desc()).limit(1)).one()
