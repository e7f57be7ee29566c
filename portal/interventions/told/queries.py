"""Whose day holds a date of which nothing is written yet, once it is evening where that was."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.interventions.told import rules
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Pole
from portal.organisations.queries import lies_in
from portal.requests.models import Assignment, SupportRequest
from portal.territories.reference import place_of

_comes_for_who_noted_it = Practice.assignment_id == Intervention.assignment_id
who_tells = func.coalesce(Practice.person_id, Assignment.referent_id)
"""Who is asked is who may answer: the partner that noted the date tells what became of it, as `told.routes` has it. So
those who come for it are asked; where only people of another partner come, its referent is."""


class Waiting(NamedTuple):
    """A date of a day that is over."""

    number: int
    on: date
    starts_at: Any
    minutes: int
    pole: str
    subject: str
    department_code: str | None = None
    region_code: str | None = None

    @property
    def place(self) -> str | None:
        """Whose clocks show its hour."""
        return place_of(self.department_code, self.region_code)


def due(after: int, most: int) -> Sequence[int]:
    """The people to be asked this evening, by number, after one, who were not yet."""
    evenings = rules.evenings(clock.now())
    statement = (
        _of_the_day(evenings)
        .with_only_columns(who_tells)
        .where(who_tells > after)
        .distinct()
        .order_by(who_tells)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def waiting(person_id: int) -> Sequence[tuple[int, Waiting]]:
    """What somebody is asked about, first to last, each with the number of their partner."""
    evenings = rules.evenings(clock.now())
    statement = (
        _of_the_day(evenings)
        .with_only_columns(
            Assignment.partner_id,
            Intervention.id,
            Intervention.on,
            Intervention.starts_at,
            Intervention.minutes,
            Pole.name,
            SupportRequest.subject,
            Pole.department_code,
            Pole.region_code,
        )
        .where(who_tells == person_id)
        .order_by(Intervention.on, Intervention.starts_at, Intervention.id)
    )
    rows: Sequence[Any] = db.session.execute(statement).all()
    return [(row[0], Waiting(*row[1:])) for row in rows]


def _of_the_day(evenings: Sequence[tuple[str | None, date]]) -> Select[Any]:
    """The dates that who noted them planned for these days, before their evening, of who was not asked yet."""
    told = or_(*(and_(_is_of(place), OutboxEmail.dedupe == _key(day)) for place, day in evenings))
    was_asked = select(OutboxEmail.id).where(told).correlate_except(OutboxEmail).exists()
    return (
        select(Intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .outerjoin(Practice, (Practice.intervention_id == Intervention.id) & _comes_for_who_noted_it)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(
            Intervention.state == InterventionState.PLANNED,
            or_(*(and_(_is_of(place), _asked_on(day)) for place, day in evenings)),
            _is_there(),
            ~was_asked,
        )
    )


def _asked_on(day: date) -> ColumnElement[bool]:
    """What was before the evening of a day; what began in the evening before is asked about on the next."""
    eve = day - timedelta(days=1)
    early = or_(Intervention.starts_at.is_(None), Intervention.starts_at < rules.EVENING)
    return or_(
        and_(Intervention.on == day, early),
        and_(Intervention.on == eve, Intervention.starts_at >= rules.EVENING),
    )


def _is_of(place: str | None) -> ColumnElement[bool]:
    """Does the pole follow these clocks? Where the meeting is, as everywhere its hour is shown."""
    if place is not None:
        return lies_in(Pole, place)
    return and_(*(not_(func.coalesce(lies_in(Pole, each), false())) for each in clock.OVERSEAS))


def _is_there() -> ColumnElement[bool]:
    """Who left is not asked."""
    member, person = aliased(Membership), aliased(Person)
    return (
        select(member.id)
        .join(person, person.id == member.person_id)
        .where(
            member.person_id == who_tells,
            member.organisation_id == Assignment.partner_id,
            member.ended_at.is_(None),
            person.active,
        )
        .exists()
    )


def _key(day: date) -> ColumnElement[str]:
    """The same as `rules.key`."""
    return literal("evening:") + cast(who_tells, String) + literal(f":{day.isoformat()}")
