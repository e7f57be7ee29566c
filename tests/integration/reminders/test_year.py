"""A simulated year against a model that knows nothing of the code: each step at its hour, once, never on a holiday,
never while the partner's time stands still, never to somebody away for whom a colleague stands in."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from holidays import France
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.reminders.models import Reminder, ReminderLetter
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState
from portal.stuck.chasing import emails
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.reminders.runs import run
from tests.integration.requests.steps import World, actor_of, build_world

FIRST = date(2026, 1, 5)
RUNGS = {"team": 3, "manager": 5, "cell": 10}
KIND_OF = {emails.TEAM: "team", emails.MANAGER: "manager", emails.REROUTE: "cell"}
PLACES = {
    None: ("28", ZoneInfo("Europe/Paris"), None),
    "67": ("44", ZoneInfo("Europe/Paris"), "6AE"),
    "974": ("04", ZoneInfo("Indian/Reunion"), "974"),
}
WATCHED = 30
"""Days: all that can happen to a request without an answer has happened, or it was asked something."""


class Life(NamedTuple):
    """What happens to a request. `asked`: days after FIRST; the others: days after that, None: never."""

    asked: int
    place: str | None
    question: int | None
    answer_after: int
    accepted: int | None
    away_from: int
    away_for: int
    hours: Sequence[int]
    skipped: frozenset[int]


lives = st.builds(
    Life,
    asked=st.integers(0, 330),
    place=st.sampled_from(list(PLACES)),
    question=st.none() | st.integers(0, 12),
    answer_after=st.integers(1, 9),
    accepted=st.none() | st.integers(0, 25),
    away_from=st.integers(0, 20),
    away_for=st.integers(0, 10),
    hours=st.lists(st.sampled_from([1, 7, 8, 12, 17, 18, 22]), min_size=1, max_size=2, unique=True).map(
        sorted
    ),
    skipped=st.frozensets(st.integers(0, WATCHED), max_size=8),
)


class Model:
    """The calendar of a place, counted day by day."""

    def __init__(self, life: Life) -> None:
        self.life, (_region, self.zone, subdivision) = life, PLACES[life.place]
        self.holidays = France(subdiv=subdivision, years=range(2026, 2028))
        self.asked = FIRST + timedelta(days=life.asked)

    def works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def held(self, day: date) -> bool:
        """Does the partner's time stand still on a day? From the day after the question to that of the answer."""
        if self.life.question is None:
            return False
        since = self.asked + timedelta(days=self.life.question)
        return since < day <= since + timedelta(days=self.life.answer_after)

    def last_day(self, count: int) -> date:
        day = self.asked
        while count:
            day += timedelta(days=1)
            count -= self.works(day) and not self.held(day)
        return day

    def expected(self, moments: Sequence[datetime]) -> list[tuple[str, datetime]]:
        found, done = [], set()
        for moment in moments:
            here = moment.astimezone(self.zone)
            if not self.works(here.date()) or not 8 <= here.hour < 18 or not self.waits(here.date()):
                continue
            due = [
                one for one, days in RUNGS.items() if self.last_day(days) < here.date() and one not in done
            ]
            if due:
                found.append((due[-1], moment))
                done |= set(due)
        return found

    def waits(self, day: date) -> bool:
        """Acts happen in the evening, after the last look of the day."""
        life, gone = self.life, (day - self.asked).days
        if life.accepted is not None and gone > life.accepted:
            return False
        return life.question is None or not life.question < gone <= life.question + life.answer_after


def live(make: Builder, world: World, life: Life) -> list[tuple[str, datetime]]:
    """The same, lived in the portal; what left, and when."""
    region, zone, _ = PLACES[life.place]
    pole = make.pole(region_code=region, department_code=life.place, town=None)
    coordinator = make.coordinator(pole)
    asked_on = FIRST + timedelta(days=life.asked)
    noon = datetime.combine(asked_on, time(12), zone)
    request = make.raw_request(coordinator, submitted_at=noon)
    due_on = clock.add_working_days(asked_on, 5, life.place)
    part = make.raw_assignment(
        request, world.partner, proposed_at=noon, due_on=due_on, referent_id=world.practitioner.person_id
    )
    away(world, asked_on + timedelta(days=life.away_from), life.away_for)
    found: list[tuple[str, datetime]] = []
    told: list[tuple[str, str]] = []
    for gone in range(WATCHED):
        day = asked_on + timedelta(days=gone)
        for hour in life.hours if gone and gone not in life.skipped else ():
            moment = datetime.combine(day, time(hour), zone)
            before = last_email()
            run(moment)
            written = written_since(before)
            told += written
            for kind, to in written:
                found += [(KIND_OF[kind], moment)] if (KIND_OF[kind], moment) not in found else []
                assert not (is_away(life, gone) and to == world.practitioner.person.email), "stands in"
        with clock.travelling_to(datetime.combine(day, time(23), zone)):
            act(world, coordinator, request, part, life, gone)
    assert len(told) == len(set(told)), "each reader hears of each step once"
    return found


def is_away(life: Life, gone: int) -> bool:
    return life.away_from <= gone < life.away_from + life.away_for


def away(world: World, first: date, days: int) -> None:
    if days:
        with transaction() as session:
            session.add(
                Absence(
                    membership_id=world.practitioner.id,
                    starts_on=first,
                    ends_on=first + timedelta(days=days - 1),
                    substitute_id=world.manager.person_id,
                )
            )


def act(
    world: World, coordinator: Membership, request: SupportRequest, part: Assignment, life: Life, gone: int
) -> None:
    state = db.session.scalars(select(Assignment.state).where(Assignment.id == part.id)).one()
    partner, said = actor_of(world.manager), Details(message="Pouvez-vous préciser ?")
    with transaction():
        if gone == life.accepted:
            if state in {AssignmentState.PROPOSED, AssignmentState.ON_HOLD}:
                assignments.accept(
                    partner, request.reference, part.id, Details(referent_id=world.manager.person_id)
                )
        elif gone == life.question and state is AssignmentState.PROPOSED:
            assignments.ask(partner, request.reference, part.id, said)
        elif (
            life.question is not None
            and gone == life.question + life.answer_after
            and state is AssignmentState.ON_HOLD
        ):
            assignments.answer(actor_of(coordinator), request.reference, part.id, said)


def last_email() -> int:
    return db.session.scalars(select(OutboxEmail.id).order_by(OutboxEmail.id.desc()).limit(1)).first() or 0


def written_since(email_id: int) -> list[tuple[str, str]]:
    statement = select(OutboxEmail.kind, OutboxEmail.recipient).where(
        OutboxEmail.id > email_id, OutboxEmail.kind.in_(KIND_OF)
    )
    return [(kind, to) for kind, to in db.session.execute(statement)]


def forget() -> None:
    """Nothing of the life before waits any more."""
    with transaction() as session:
        for table in (ReminderLetter, Reminder, OutboxEmail, Absence):
            session.execute(delete(table).execution_options(synchronize_session=False))
        for part in session.scalars(select(Assignment)).all():
            part.state, part.answered_on = AssignmentState.DECLINED, FIRST


@pytest.mark.long
@pytest.mark.one_database
def test_each_step_comes_at_its_hour_once_all_the_year(make: Builder, app: Flask) -> None:
    world = build_world(make)

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(life=lives)
    def check(life: Life) -> None:
        forget()
        found = live(make, world, life)
        asked_on = FIRST + timedelta(days=life.asked)
        zone = PLACES[life.place][1]
        moments = [
            datetime.combine(asked_on + timedelta(days=gone), time(hour), zone)
            for gone in range(1, WATCHED)
            if gone not in life.skipped
            for hour in life.hours
        ]
        assert found == Model(life).expected(moments), life

    check()


@pytest.mark.parametrize("jump", [timedelta(days=7), timedelta(days=-7)])
def test_a_clock_that_jumps_sends_nothing_twice(make: Builder, world: World, jump: timedelta) -> None:
    asked_on = date(2026, 3, 2)
    noon = datetime.combine(asked_on, time(12), clock.PARIS)
    request = make.raw_request(world.coordinator, submitted_at=noon)
    make.raw_assignment(request, world.partner, proposed_at=noon, due_on=date(2026, 3, 9))
    for gone in (4, 4, 7, 8, 15, 8, 16):
        moment = noon + timedelta(days=gone)
        for at in (moment, moment + jump, moment):
            run(at)
    sent = [(kind, to) for kind, to in db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient))]
    assert len(sent) == len(set(sent))
