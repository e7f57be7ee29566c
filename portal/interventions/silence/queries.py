"""Until when a pole may contest what was logged before silence confirms it: whom the e-mail reached, who is there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, null, or_, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.interventions.confirmation import rules
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.rules import Gone
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.gathered.models import Gathering
from portal.interventions.models import Intervention
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.returns import queries as returns
from portal.organisations.models import Pole
from portal.requests.models import Assignment, SupportRequest
from portal.teams.models import Absence
from portal.territories.reference import place_of

TOLD_BY = tuple(f"interventions/{step}_pole" for step in ("log", "correct", "correct_later", "confirm"))
"""The e-mails that ask a pole for its word about an act of its request."""
TOLD_BY_GATHERED = tuple(f"sessions/{step}_pole" for step in ("close", "rectify"))
"""The same about one of no request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for the word of a pole: of which request (None: of none), since when, by whose clocks."""

    intervention_id: int
    asked_at: datetime
    reference: str | None
    pole_id: int
    place: str | None


_ASKED: Sequence[Any] = (
    Confirmation.intervention_id,
    Confirmation.asked_at,
    Confirmation.pole_id,
    Pole.department_code,
    Pole.region_code,
)


def waiting() -> Select[*tuple[Any, ...]]:
    """Those of requests that wait for the word of their pole, as they are told apart here."""
    return (
        select(*_ASKED, SupportRequest.reference)
        .join(Confirmation.intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(Assignment.request)
        .join(Pole, Pole.id == Confirmation.pole_id)
        .where(
            Confirmation.state == ConfirmationState.WAITING,
            SupportRequest.anonymised_at.is_(None),
        )
    )


def waiting_gathered() -> Select[*tuple[Any, ...]]:
    """Those of no request that wait for the word of poles, the same, once for each pole."""
    return (
        select(*_ASKED, cast(null(), String).label("reference"))
        .join(Gathering, Gathering.intervention_id == Confirmation.intervention_id)
        .join(Pole, Pole.id == Confirmation.pole_id)
        .where(Confirmation.state == ConfirmationState.WAITING)
    )


def of_row(row: Any) -> Asked:
    """One of them."""
    place = place_of(row.department_code, row.region_code)
    return Asked(row.intervention_id, row.asked_at, row.reference, row.pole_id, place)


def of_page(intervention: Intervention) -> Asked:
    """The same of an intervention that was read with its request."""
    request, asked_at = intervention.assignment.request, intervention.confirmation.asked_at
    return Asked(intervention.id, asked_at, request.reference, request.pole_id, request.pole.place)


def asked(intervention_id: int) -> Asked | None:
    """What one of them waits for."""
    row = db.session.execute(waiting().where(Confirmation.intervention_id == intervention_id)).first()
    return of_row(row) if row else None


def asked_gathered(intervention_id: int) -> Sequence[Asked]:
    """What an act of no request waits for, of each pole."""
    of_it = waiting_gathered().where(Confirmation.intervention_id == intervention_id)
    return [of_row(row) for row in db.session.execute(of_it)]


def last_days(every: Sequence[Asked]) -> Mapping[Asked, date | None]:
    """The last day to contest each; two statements, however many."""
    if not every:
        return {}
    since = min(clock.day_of(each.asked_at) for each in every)
    teams, gone = _teams({each.pole_id for each in every}, since)
    letters = _delivered(every, {person for team in teams.values() for person in team})
    return {
        each: rules.last_day(
            _told(each, letters, teams.get(each.pole_id, ())),
            teams.get(each.pole_id, ()),
            gone.get(each.pole_id, ()),
            each.place,
        )
        for each in every
    }


def _teams(
    pole_ids: Collection[int], since: date
) -> tuple[Mapping[int, set[int]], Mapping[int, Sequence[Gone]]]:
    """Who answers for each pole that uses the portal, by number, and when they are away from a day on."""
    statement = (
        select(
            Membership.organisation_id,
            Membership.person_id,
            Absence.starts_on,
            Absence.ends_on,
            Absence.substitute_id,
        )
        .join(Membership.person)
        .join(Pole, Pole.id == Membership.organisation_id)
        .outerjoin(Absence, and_(Absence.membership_id == Membership.id, Absence.ends_on >= since))
        .where(
            Membership.organisation_id.in_(pole_ids),
            Membership.role == Role.COORDINATOR,
            Membership.ended_at.is_(None),
            Person.active,
            Pole.active,
        )
        .order_by(Absence.id)
    )
    teams: dict[int, set[int]] = {}
    gone: dict[int, list[Gone]] = {}
    for pole_id, person_id, first, last, substitute_id in db.session.execute(statement):
        teams.setdefault(pole_id, set()).add(person_id)
        if first is not None:
            gone.setdefault(pole_id, []).append(Gone(person_id, first, last, substitute_id))
    return teams, gone


def _delivered(every: Sequence[Asked], people: Collection[int]) -> Sequence[Any]:
    """The e-mails that asked for these, taken by an address that works: none of them came back, nor what followed."""
    came_back = select(MailFailure.id).where(
        or_(
            MailFailure.message_id == OutboxEmail.message_id,
            and_(MailFailure.address == OutboxEmail.recipient, returns.stands()),
        )
    )
    statement = (
        select(
            OutboxEmail.waiting,
            OutboxEmail.person_id,
            OutboxEmail.created_at,
            OutboxEmail.sent_at,
        )
        .where(
            or_(*_about(every)),
            OutboxEmail.person_id.in_(people),
            OutboxEmail.sent_at.is_not(None),
            ~came_back.exists(),
        )
        .order_by(OutboxEmail.id)
    )
    return db.session.execute(statement).all() if people else ()


def _about(every: Sequence[Asked]) -> Iterable[ColumnElement[bool]]:
    """Which e-mails; those of sessions have no thread, and say by number what waits."""
    if references := {each.reference for each in every if each.reference}:
        yield and_(OutboxEmail.thread.in_(references), OutboxEmail.kind.in_(TOLD_BY))
    if any(each.reference is None for each in every):
        yield OutboxEmail.kind.in_(TOLD_BY_GATHERED)


def _told(each: Asked, letters: Iterable[Any], team: Collection[int]) -> Mapping[int, date]:
    """On which day each coordinator was told of it, as it stands."""
    told: dict[int, date] = {}
    for letter in letters:
        about_it = each.intervention_id in (letter.waiting or ()) and letter.created_at >= each.asked_at
        if about_it and letter.person_id in team:
            day = clock.day_of(letter.sent_at, each.place)
            told[letter.person_id] = min(day, told.get(letter.person_id, day))
    return told


def silent(after: int, most: int) -> Sequence[int]:
    """Those of requests of which every day to contest is over, by number."""
    return _silent(waiting(), after, most)


def silent_gathered(after: int, most: int) -> Sequence[int]:
    """Those of no request of which that is so for a pole, by number."""
    return [*dict.fromkeys(_silent(waiting_gathered(), after, most))]


def _silent(those: Select[*tuple[Any, ...]], after: int, most: int) -> Sequence[int]:
    """`most`: acts, each with every pole that is asked."""
    number = Confirmation.intervention_id
    earliest = clock.days_ago(timedelta(days=rules.WORKING_DAYS_TO_CONFIRM))
    since = those.where(Confirmation.asked_at < earliest)
    acts = since.with_only_columns(number).distinct().order_by(number).limit(most)
    while rows := db.session.execute(
        since.where(number.in_(acts.where(number > after))).order_by(number)
    ).all():
        all_asked = [of_row(row) for row in rows]
        days = last_days(all_asked)
        if over := [each.intervention_id for each in all_asked if is_over(each, days)]:
            return over
        after = all_asked[-1].intervention_id
    return ()


def is_over(each: Asked, days: Mapping[Asked, date | None]) -> bool:
    """Is the last day to contest it past?"""
    until = days.get(each)
    return until is not None and clock.is_over(until, each.place)
