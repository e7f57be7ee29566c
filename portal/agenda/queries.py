"""What is on some days, as its reader may see it: interventions, sessions, work for the network."""

from collections.abc import Mapping, Sequence, Set
from datetime import time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor, Role
from portal.agenda.rules import Days
from portal.calendars.feeds.queries import has_seats, is_readable, is_session_of, is_theirs
from portal.calendars.rules import Scope
from portal.db import db
from portal.interventions import rules, words
from portal.interventions.measures.queries import SERVED, SPENT
from portal.interventions.models import AlsoServed, Contribution, Intervention
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.interventions.rules import Flag, Noted
from portal.interventions.steps import InterventionState
from portal.organisations.models import Pole
from portal.requests.models import Assignment, SupportRequest
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.models import HeldSession
from portal.sessions.queries import is_in, is_kept_by
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import LIVE, TAKES_A_SEAT, Standing
from portal.sessions.steps import SessionState
from portal.territories.reference import place_of

MOST = 1000
"""Things that one page or file shows: more than a team has in a year."""
HAPPENS = (InterventionState.PLANNED, InterventionState.DONE, InterventionState.POLE_ABSENT)
"""What an agenda holds where no state is asked for: what was called off is only told where it is."""


class Limits(NamedTuple):
    """What is asked for beside some days. `flags`: done work that has one of these; None: whatever it has."""

    scope: Scope = Scope.TEAM
    state: InterventionState | None = None
    flags: Set[Flag] | None = None


EVERYTHING = Limits()


def dates(actor: Actor, days: Days, limits: Limits = EVERYTHING) -> Sequence[Intervention]:
    """First to last, MOST + 1 at most, with what says their measures."""
    to_request = joinedload(Intervention.assignment).joinedload(Assignment.request)
    statement = (
        _dates(actor, days, limits)
        .options(
            to_request.joinedload(SupportRequest.pole),
            to_request.joinedload(SupportRequest.service),
            joinedload(Intervention.assignment).joinedload(Assignment.partner),
            selectinload(Intervention.contributions)
            .joinedload(Contribution.assignment)
            .joinedload(Assignment.partner),
            selectinload(Intervention.also_served),
        )
        .order_by(Intervention.on, Intervention.id)
        .limit(MOST + 1)
    )
    if limits.flags is not None:
        statement = statement.where(Intervention.id.in_(_flagged(actor, days, limits)))
    return sorted(
        db.session.scalars(statement), key=lambda each: (each.on, each.starts_at or time.min, each.id)
    )


def _dates(actor: Actor, days: Days, limits: Limits) -> Select[Intervention]:
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.on.between(days.first, days.last),
            Intervention.state.in_([limits.state] if limits.state else HAPPENS),
            is_readable(actor),
            *([is_theirs(actor)] if limits.scope is Scope.MINE else []),
        )
    )


_DERIVED = tuple(
    getattr(Intervention, name) for name in ("on", "told_at", "as_planned", "beyond_pole", "beyond_partner")
)


def _flagged(actor: Actor, days: Days, limits: Limits) -> Sequence[int]:
    """The numbers of those that have one of these flags, which are derived by the clocks of each pole."""
    pole = aliased(Pole)
    statement = (
        _dates(actor, days, limits)
        .join(pole, pole.id == SupportRequest.pole_id)
        .where(Intervention.state == InterventionState.DONE)
        .with_only_columns(
            Intervention.id,
            *_DERIVED,
            SupportRequest.submitted_at,
            Assignment.completed_on,
            pole.department_code,
            pole.region_code,
        )
        .order_by(Intervention.on, Intervention.id)
    )
    numbers = [
        row.id
        for row in db.session.execute(statement)
        if limits.flags and not limits.flags.isdisjoint(rules.flags(_noted(row)))
    ]
    return numbers[: MOST + 1]


def _noted(row: Any) -> Noted:
    place = place_of(row.department_code, row.region_code)
    return words.noted(row, row.submitted_at, row.completed_on, place)


class Occasion(NamedTuple):
    """A session, with how many have a seat and how many wait: of a pole alone, where that is who reads. `minutes`: how
    long it lasts, or did; `received`, `spent`: what it counts for in minutes, 0 until it is closed."""

    session: CollectiveSession
    seated: int
    waiting: int
    minutes: int
    received: int
    spent: int


_NOT_HELD = frozenset({SessionState.DRAFT, SessionState.OPEN, SessionState.CANCELLED})
_SESSIONS: Mapping[InterventionState | None, Set[SessionState]] = {
    None: frozenset(SessionState) - {SessionState.DRAFT, SessionState.CANCELLED},
    InterventionState.PLANNED: {SessionState.OPEN},
    InterventionState.DONE: frozenset(SessionState) - _NOT_HELD,
    InterventionState.CALLED_OFF: {SessionState.CANCELLED},
}
"""Where a session stands, by the state that is asked for. One whose day is over is planned until its partner says that
it was held."""


def sessions(actor: Actor, days: Days, limits: Limits = EVERYTHING) -> Sequence[Occasion]:
    """Those that a partner gives, to which people of a pole come, or that a cell follows; MOST + 1 at most."""
    states, scope = _SESSIONS.get(limits.state), limits.scope
    if not states or limits.flags is not None:
        return ()
    own = _counted(actor, scope)
    statement = (
        select(
            CollectiveSession,
            _how_many(TAKES_A_SEAT, own),
            _how_many({Standing.WAITING}, own),
            *_measures(actor),
        )
        .where(
            CollectiveSession.on.between(days.first, days.last),
            CollectiveSession.state.in_(states),
            _is_followed(actor, scope),
        )
        .options(joinedload(CollectiveSession.partner), joinedload(CollectiveSession.service))
        .order_by(CollectiveSession.on, CollectiveSession.starts_at, CollectiveSession.id)
        .limit(MOST + 1)
    )
    return [Occasion(*row) for row in db.session.execute(statement)]


def _how_many(standings: Set[Standing], own: Sequence[ColumnElement[bool]]) -> Any:
    of_it = Registration.session_id == CollectiveSession.id, Registration.standing.in_(standings), *own
    return select(func.count()).where(*of_it).scalar_subquery()


def _measures(actor: Actor) -> Sequence[Any]:
    """How long a session lasts, what poles received of it, and what its partner spent: nothing that a pole reads."""
    act = (
        select(Intervention)
        .join(HeldSession, HeldSession.intervention_id == Intervention.id)
        .where(HeldSession.session_id == CollectiveSession.id)
        .correlate(CollectiveSession)
    )
    ours = [AlsoServed.pole_id == actor.organisation_id] if actor.is_pole else []
    length = act.with_only_columns(Intervention.minutes).scalar_subquery()
    received = act.join(AlsoServed, AlsoServed.intervention_id == Intervention.id).where(*ours)
    given = act.join(Contribution, Contribution.intervention_id == Intervention.id)
    return (
        func.coalesce(length, CollectiveSession.minutes),
        _sum(received, SERVED),
        literal(0) if actor.is_pole else _sum(given, SPENT),
    )


def _sum(acts: Select[Any], minutes: Any) -> Any:
    return acts.with_only_columns(func.coalesce(func.sum(minutes), 0)).scalar_subquery()


def _counted(actor: Actor, scope: Scope) -> Sequence[ColumnElement[bool]]:
    """Whose seats are counted: the reader's own, by their address; those of their pole; of all where others read, such
    as who gives it."""
    of_pole = [Registration.pole_id == actor.organisation_id] if actor.is_pole else []
    if scope is not Scope.MINE:
        return of_pole
    return [*of_pole, or_(Registration.email == actor.email, is_kept_by(actor))]


def _is_followed(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    if actor.is_pole or actor.is_partner:
        return is_session_of(actor, scope, LIVE)
    if actor.role is not Role.REGIONAL_ADMIN:
        return true()
    theirs = select(Pole.id).where(Pole.region_code.in_(actor.region_codes))
    return or_(is_in(actor.region_codes), has_seats(LIVE, Registration.pole_id.in_(theirs)))


def network_acts(actor: Actor, days: Days, limits: Limits = EVERYTHING) -> Sequence[NetworkAct]:
    """What one's own organisation did for the network, MOST + 1 at most: all of it is done, and none is flagged."""
    is_asked = limits.state in (None, InterventionState.DONE) and limits.flags is None
    if not is_asked or not allows(actor, Permission.NETWORK_LOG):
        return ()
    gave = exists().where(
        NetworkPractice.act_id == NetworkAct.id, NetworkPractice.person_id == actor.person_id
    )
    statement = select(NetworkAct).where(
        NetworkAct.organisation_id == actor.organisation_id,
        NetworkAct.on.between(days.first, days.last),
        *([gave] if limits.scope is Scope.MINE else []),
    )
    return db.session.scalars(statement.order_by(NetworkAct.on, NetworkAct.id).limit(MOST + 1)).all()
