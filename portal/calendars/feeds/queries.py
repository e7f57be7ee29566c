"""Which dates a feed holds, of what its owner may see now."""

from collections.abc import Sequence, Set

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import PARTNER_ROLES, POLE_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.calendars.models import CalendarFeed
from portal.calendars.rules import SHOWN_BACK, Scope
from portal.db import db
from portal.interventions.models import AlsoServed, Intervention, Practice
from portal.interventions.queries import is_done_by
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import is_visible_to
from portal.sessions.givers import queries as givers
from portal.sessions.models import CollectiveSession
from portal.sessions.queries import is_kept_by
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import TAKES_A_SEAT, Standing
from portal.sessions.steps import SessionState

WITH_DATES = PARTNER_ROLES | POLE_ROLES
MOST = 2000
"""Dates in a feed: more than a team plans in two years."""


def by_hash(token_hash: str) -> CalendarFeed | None:
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == token_hash))


def of(actor: Actor) -> Sequence[CalendarFeed]:
    """Somebody's feeds for the organisation they act for."""
    statement = select(CalendarFeed).where(
        CalendarFeed.person_id == actor.person_id, CalendarFeed.organisation_id == actor.organisation_id
    )
    return db.session.scalars(statement.order_by(CalendarFeed.id)).all()


def of_person(person_id: int) -> Sequence[CalendarFeed]:
    """All of somebody's."""
    statement = select(CalendarFeed).where(CalendarFeed.person_id == person_id)
    return db.session.scalars(statement.order_by(CalendarFeed.id)).all()


def owner(feed: CalendarFeed) -> tuple[Person, Actor] | None:
    """Who reads it, as they may act now; None: they no longer may."""
    for person in accounts.by_numbers([feed.person_id]):
        for membership in person.memberships:
            if membership.organisation_id == feed.organisation_id and membership.role in WITH_DATES:
                return person, person.acting_for(membership)
    return None


def dates(actor: Actor, scope: Scope) -> Sequence[Intervention]:
    """What is planned or was done for the last thirty days, and all that is to come."""
    statement = (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.state != InterventionState.CALLED_OFF,
            Intervention.on >= clock.today(actor.place) - SHOWN_BACK,
            is_readable(actor),
            *([is_theirs(actor)] if scope is Scope.MINE else []),
        )
        .options(*_shown())
        .order_by(Intervention.on, Intervention.id)
        .limit(MOST)
    )
    return db.session.scalars(statement).all()


def sessions(actor: Actor, scope: Scope) -> Sequence[CollectiveSession]:
    """The same of sessions: those that their partner or somebody gives, and those where there is a seat."""
    statement = (
        select(CollectiveSession)
        .where(
            CollectiveSession.state.in_((SessionState.OPEN, SessionState.HELD)),
            CollectiveSession.on >= clock.today(actor.place) - SHOWN_BACK,
            is_session_of(actor, scope, TAKES_A_SEAT),
        )
        .order_by(CollectiveSession.on, CollectiveSession.id)
        .limit(MOST)
    )
    return db.session.scalars(statement).all()


def is_session_of(actor: Actor, scope: Scope, standings: Set[Standing]) -> ColumnElement[bool]:
    """Of a session: a partner's own, or the one that somebody gives; the one to which people of a pole come, or where
    somebody stands so by their address."""
    by_address = has_seats(standings, Registration.email == actor.email, *_of_pole(actor))
    if scope is Scope.MINE:
        return or_(by_address, givers.is_given_by(actor)) if actor.is_partner else by_address
    return is_kept_by(actor) if actor.is_partner else has_seats(standings, *_of_pole(actor))


def _of_pole(actor: Actor) -> Sequence[ColumnElement[bool]]:
    return [Registration.pole_id == actor.organisation_id] if actor.is_pole else []


def has_seats(standings: Set[Standing], *whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a session: some people stand so."""
    return exists().where(
        Registration.session_id == CollectiveSession.id,
        Registration.standing.in_(sorted(standings)),
        *whose,
    )


def readable(actor: Actor, intervention_id: int) -> Intervention | None:
    """One that somebody may read and that takes place."""
    statement = (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.id == intervention_id,
            Intervention.state != InterventionState.CALLED_OFF,
            is_readable(actor),
        )
        .options(*_shown())
    )
    return db.session.scalar(statement)


def _shown() -> tuple[ExecutableOption, ...]:
    to_request = joinedload(Intervention.assignment).joinedload(Assignment.request)
    return (
        to_request.joinedload(SupportRequest.pole),
        joinedload(Intervention.assignment).joinedload(Assignment.partner),
        selectinload(Intervention.also_served),
    )


def is_readable(actor: Actor) -> ColumnElement[bool]:
    """Of one's own requests, as their pages have it; for a pole also what is planned for it where it joined."""
    own = and_(is_visible_to(actor), is_done_by(actor))
    if actor.role not in POLE_ROLES:
        return own
    joined = exists().where(
        AlsoServed.intervention_id == Intervention.id,
        AlsoServed.pole_id == actor.organisation_id,
        JointPole.pole_id == AlsoServed.pole_id,
        JointPole.request_id == SupportRequest.id,
        JointPole.state == JointState.JOINED,
    )
    return or_(own, joined)


def is_theirs(actor: Actor) -> ColumnElement[bool]:
    """They come themselves, or are whom the partner talks to."""
    comes = exists().where(Practice.intervention_id == Intervention.id, Practice.person_id == actor.person_id)
    return or_(comes, SupportRequest.contact_id == actor.person_id)
