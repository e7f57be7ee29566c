"""Silence confirms what a pole received at a session where the e-mail about it was delivered, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.db import transaction
from portal.notifications.models import MailFailure, OutboxEmail
from portal.sessions.received import queries, service
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.received import LAST_DAY, MONDAY, Room, at, deliver, mails
from tests.jobs import do

JOB = "confirm sessions by silence"
LATER = MONDAY + timedelta(days=120)


@pytest.fixture
def closed(make: Builder, world: World) -> Room:
    room = Room(make, world)
    room.close(room.anne, room.bao, room.chloe)
    return room


def run(day: object) -> int:
    with time_machine.travel(at(day, 3), tick=False):
        return do(JOB)


def test_silence_confirms_for_each_pole_after_seven_working_days(closed: Room) -> None:
    deliver()
    assert run(LAST_DAY) == 0, "the last day is not over"
    assert run(LAST_DAY + timedelta(days=1)) == 2
    assert closed.state(closed.ours) == closed.state(closed.theirs) == "silent"
    assert closed.asked(closed.ours).answered_by_id is None
    assert run(LATER) == 0, "once"


def test_what_was_not_delivered_is_not_confirmed(closed: Room) -> None:
    assert run(LATER) == 0, "nothing left"
    deliver(LATER)
    assert run(LATER + timedelta(days=5)) == 0, "seven working days count from the delivery"
    assert run(LATER + timedelta(days=12)) == 2


def _comes_back(room: Room) -> None:
    deliver()
    [letter] = mails("close_pole", to=room.theirs)
    failure = {"error": "550 5.1.1 Nobody", "counts": True, "at": at(MONDAY, 16)}
    with transaction() as session:
        session.add(MailFailure(address=letter.recipient, message_id=letter.message_id, **failure))


def _is_away(room: Room) -> None:
    """Its only coordinator, for a long time, and nobody stands in."""
    deliver()
    days = {"starts_on": MONDAY, "ends_on": LATER + timedelta(days=30)}
    with transaction() as session:
        session.add(Absence(membership_id=room.theirs.id, **days))


def _stays_here(room: Room) -> None:
    deliver(MONDAY, OutboxEmail.recipient != room.theirs.person.email)


def _has_left(room: Room) -> None:
    deliver()
    with transaction() as session:
        session.get_one(type(room.theirs), room.theirs.id).ended_at = at(MONDAY, 18)


def _contests(room: Room) -> None:
    deliver()
    with time_machine.travel(at(MONDAY, 17), tick=False), transaction():
        service.contest(actor_of(room.theirs), room.session.id, "Non.", None)


@pytest.mark.parametrize("what", [_comes_back, _is_away, _stays_here, _has_left, _contests])
def test_of_one_pole_alone_where_the_other_was_not_reached(
    closed: Room, what: Callable[[Room], None]
) -> None:
    what(closed)
    run(LATER)
    assert closed.state(closed.ours) == "silent"
    assert closed.state(closed.theirs) in {"waiting", "contested"}


def test_what_was_delivered_before_a_correction_confirms_nothing_of_it(closed: Room) -> None:
    deliver()
    closed.close(closed.anne, closed.bao, closed.chloe, minutes=120, on=MONDAY + timedelta(days=1))
    run(LATER)
    assert closed.state(closed.ours) == "waiting"
    deliver(LATER)
    run(LATER + timedelta(days=12))
    assert closed.state(closed.ours) == "silent"


def test_the_page_says_until_when_once_it_was_delivered(closed: Room) -> None:
    def until() -> object:
        with time_machine.travel(at(MONDAY, 18), tick=False):
            [received] = queries.to_confirm(actor_of(closed.theirs), 5)
            return received.until

    assert until() is None
    deliver()
    assert until() == LAST_DAY


def test_a_pole_that_has_answered_is_asked_nothing(closed: Room) -> None:
    with time_machine.travel(at(MONDAY, 18), tick=False):
        with transaction():
            service.confirm(actor_of(closed.theirs), closed.session.id)
        assert queries.to_confirm(actor_of(closed.theirs), 5) == []
        assert clock.today() == MONDAY
