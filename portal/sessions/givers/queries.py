"""Who gives sessions, and who may read their names: nobody on public pages."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload

from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.db import db
from portal.interventions.models import Practice
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.presence.models import HeldSession
from portal.sessions.queries import is_kept_by
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import LIVE
from portal.sessions.steps import SessionState


def of_session(session_id: int) -> Sequence[SessionGiver]:
    """Fresh, by name."""
    statement = (
        select(SessionGiver)
        .join(SessionGiver.person)
        .where(SessionGiver.session_id == session_id)
        .options(joinedload(SessionGiver.person))
        .order_by(Person.name_key, Person.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def team(partner_id: int) -> Sequence[Person]:
    """Who may give what a partner offers, by name."""
    return accounts.members([partner_id], PARTNER_ROLES)


def names(session: CollectiveSession, actor: Actor | None = None) -> str:
    """Who gives it, or gave it once it was held: for a cell, or for whoever comes; nothing for an actor whose pole has
    nobody there."""
    if session.state is SessionState.HELD:
        gave = select(HeldSession.given_by).where(HeldSession.session_id == session.id)
        return db.session.scalar(gave.where(_may_read(session.id, actor))) or ""
    statement = (
        select(Person)
        .join(SessionGiver, SessionGiver.person_id == Person.id)
        .where(SessionGiver.session_id == session.id, _may_read(session.id, actor))
    )
    people = db.session.scalars(statement.order_by(Person.name_key, Person.id))
    return ", ".join(person.name for person in people)


def _may_read(session_id: int, actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or actor.is_cell:
        return true()
    if not actor.is_pole:
        return false()
    comes = select(Registration.id).where(
        Registration.session_id == session_id,
        Registration.pole_id == actor.organisation_id,
        Registration.standing.in_(sorted(LIVE)),
    )
    return comes.exists()


def is_given_by(actor: Actor) -> ColumnElement[bool]:
    """Of a session of one's own partner: one gives it, or gave it once it was held."""
    named = exists().where(
        SessionGiver.session_id == CollectiveSession.id, SessionGiver.person_id == actor.person_id
    )
    gave = exists().where(
        HeldSession.session_id == CollectiveSession.id,
        Practice.intervention_id == HeldSession.intervention_id,
        Practice.person_id == actor.person_id,
    )
    is_held = CollectiveSession.state == SessionState.HELD
    return and_(is_kept_by(actor), or_(and_(is_held, gave), and_(~is_held, named)))


def given_by(person_id: int, partner_id: int) -> Sequence[CollectiveSession]:
    """What somebody is to give for a partner, the first first."""
    statement = (
        select(CollectiveSession)
        .join(SessionGiver, SessionGiver.session_id == CollectiveSession.id)
        .where(
            SessionGiver.person_id == person_id,
            CollectiveSession.partner_id == partner_id,
            CollectiveSession.state.in_((SessionState.DRAFT, SessionState.OPEN)),
        )
        .order_by(CollectiveSession.on, CollectiveSession.starts_at, CollectiveSession.id)
    )
    return [each for each in db.session.scalars(statement) if not each.has_begun]
