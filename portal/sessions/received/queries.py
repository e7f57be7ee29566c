"""What poles received at sessions, and what they say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor, Role
from portal.db import db
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures import rules as measures
from portal.interventions.measures.queries import SERVED
from portal.interventions.models import AlsoServed, Intervention
from portal.interventions.silence import queries as silence
from portal.organisations.models import Pole
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.models import Attendance, HeldSession
from portal.sessions.received.rules import Word
from portal.sessions.registrations.models import Registration
from portal.territories.reference import place_of
from portal.text import search_key


@dataclass(frozen=True, slots=True)
class Received:
    """What a session counts for one pole, and what that says of it. `logged`: how long it lasted as its partner says;
    `minutes`: how long it counts for the pole. `region_code`: of the cell that follows it. `until`: the last day to
    contest it; None: silence confirms nothing as it is."""

    confirmation: Confirmation
    session: CollectiveSession
    held: HeldSession
    logged: int
    minutes: int
    region_code: str | None
    until: date | None = None

    @property
    def pole(self) -> Pole:
        return self.confirmation.pole

    @property
    def may_answer(self) -> bool:
        return self.confirmation.state is ConfirmationState.WAITING

    @property
    def is_contested(self) -> bool:
        return self.confirmation.state is ConfirmationState.CONTESTED


def _received() -> Select[*tuple[Any, ...]]:
    whose = and_(
        AlsoServed.intervention_id == Confirmation.intervention_id, AlsoServed.pole_id == Confirmation.pole_id
    )
    return (
        select(
            Confirmation, CollectiveSession, HeldSession, Intervention.minutes, SERVED, Gathering.region_code
        )
        .join(HeldSession, HeldSession.intervention_id == Confirmation.intervention_id)
        .join(CollectiveSession, CollectiveSession.id == HeldSession.session_id)
        .join(Intervention, Intervention.id == Confirmation.intervention_id)
        .join(Gathering, Gathering.intervention_id == Confirmation.intervention_id)
        .join(AlsoServed, whose)
        .options(
            joinedload(Confirmation.pole),
            joinedload(Confirmation.answered_by),
            joinedload(Confirmation.settled_by),
            joinedload(CollectiveSession.partner),
        )
        .order_by(Confirmation.intervention_id, Confirmation.pole_id)
    )


def by_pole(session_id: int, pole_id: int) -> Received | None:
    """What one pole received, fresh; None: it was not there, or the session is not closed."""
    statement = _received().where(HeldSession.session_id == session_id, Confirmation.pole_id == pole_id)
    row = db.session.execute(statement.execution_options(populate_existing=True)).first()
    return Received(*row) if row else None


def may_read(actor: Actor, received: Received) -> bool:
    """Its pole, and the cells that follow the session."""
    if actor.is_pole:
        return received.confirmation.pole_id == actor.organisation_id
    follows = actor.role is Role.NATIONAL_ADMIN or received.region_code in actor.region_codes
    return actor.is_cell and follows


def session_of(intervention_id: int) -> int | None:
    """The session of an act, by number."""
    statement = select(HeldSession.session_id).where(HeldSession.intervention_id == intervention_id)
    return db.session.scalar(statement)


def of_session(session_id: int) -> Sequence[Received]:
    """What each pole received, by name."""
    rows = db.session.execute(_received().where(HeldSession.session_id == session_id))
    return sorted((Received(*row) for row in rows), key=lambda each: search_key(each.pole.name))


def contested(actor: Actor) -> Sequence[Received]:
    """What poles contest at the sessions that a cell follows, the first before."""
    statement = _received().where(Confirmation.state == ConfirmationState.CONTESTED)
    if actor.role is not Role.NATIONAL_ADMIN:
        statement = statement.where(Gathering.region_code.in_(actor.region_codes))
    return [Received(*row) for row in db.session.execute(statement)] if actor.is_cell else ()


def with_last_days(every: Sequence[Received]) -> Sequence[Received]:
    """The same, each with the last day to contest it; two statements where some wait."""
    asked = {each.confirmation: _asked(each) for each in every if each.may_answer}
    days = silence.last_days([*asked.values()])
    return [
        replace(each, until=days[asked[each.confirmation]]) if each.may_answer else each for each in every
    ]


def _asked(each: Received) -> silence.Asked:
    confirmation, place = each.confirmation, place_of(each.pole.department_code, each.pole.region_code)
    about = confirmation.intervention_id, confirmation.asked_at
    return silence.Asked(*about, None, confirmation.pole_id, place)


def to_confirm(actor: Actor, most: int) -> Sequence[Received]:
    """What waits for the word of somebody's pole, the first asked first."""
    statement = _received().where(
        Confirmation.pole_id == actor.organisation_id, Confirmation.state == ConfirmationState.WAITING
    )
    first = statement.order_by(None).order_by(Confirmation.asked_at, Confirmation.intervention_id).limit(most)
    return with_last_days([Received(*row) for row in db.session.execute(first)] if actor.is_pole else [])


def who_came(session_id: int, pole_id: int) -> Sequence[str]:
    """The people of a pole who came, by name; none once they are forgotten."""
    statement = (
        select(Attendance.name)
        .join(Registration, Registration.id == Attendance.registration_id)
        .where(Attendance.session_id == session_id, Registration.pole_id == pole_id)
    )
    return sorted(filter(None, db.session.scalars(statement)), key=search_key)


def was_there(actor: Actor, session_id: int) -> bool:
    """Does a session that was closed count for somebody's pole?"""
    statement = (
        select(HeldSession.id)
        .join(Confirmation, Confirmation.intervention_id == HeldSession.intervention_id)
        .where(HeldSession.session_id == session_id, Confirmation.pole_id == actor.organisation_id)
    )
    return actor.is_pole and db.session.scalar(statement) is not None


def words_on(act: Intervention) -> Sequence[Word]:
    """Where each pole stands with an act that was read with those it served."""
    states = select(Confirmation.pole_id, Confirmation.state).where(Confirmation.intervention_id == act.id)
    known = {row.pole_id: row.state for row in db.session.execute(states)}
    return [
        Word(each.pole_id, known[each.pole_id], measures.served(act.minutes, each.minutes), each.minutes)
        for each in act.also_served
        if each.pole_id in known
    ]


def counts(act: Intervention) -> dict[int, int]:
    """How long an act counts for each pole."""
    return {each.pole_id: measures.served(act.minutes, each.minutes) for each in act.also_served}


def answered_by(person_id: int) -> Sequence[dict[str, Any]]:
    """What somebody said for their pole of what it received."""
    told = Confirmation.state, Confirmation.message, Confirmation.minutes, Confirmation.answered_at
    return _of_person(Confirmation.answered_by_id == person_id, *told)


def settled_by(person_id: int) -> Sequence[dict[str, Any]]:
    """What somebody decided of it for their cell."""
    return _of_person(Confirmation.settled_by_id == person_id, Confirmation.ruling, Confirmation.settled_at)


def _of_person(whose: Any, *told: Any) -> Sequence[dict[str, Any]]:
    statement = (
        select(CollectiveSession.title, CollectiveSession.on, *told)
        .join(HeldSession, HeldSession.session_id == CollectiveSession.id)
        .join(Confirmation, Confirmation.intervention_id == HeldSession.intervention_id)
        .where(whose)
        .order_by(CollectiveSession.id, Confirmation.pole_id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
