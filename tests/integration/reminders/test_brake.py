"""More than usual is held, the national cell is asked, and who would get many gets one."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.reminders import emails, rules
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import Reason, ReminderState
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from portal.stuck.chasing.emails import TEAM
from tests.builders import Builder
from tests.integration.reminders.runs import asked, at, kinds, mails, run, run_on, working_day
from tests.integration.requests.steps import World
from tests.jobs import do
from tests.races import together

MANY = 30
"""Each goes to two people: more than leave in a day without anybody being asked."""
LEAVE = rules.FEWEST // 2


def states() -> Counter[ReminderState]:
    return Counter(db.session.scalars(select(Reminder.state)))


def many(make: Builder, world: World, count: int = MANY) -> Sequence[Assignment]:
    return [asked(make, world) for _ in range(count)]


def decide(browse, world: World, how: str) -> None:
    browser = browse(world.national)
    browser.get("/rappels/retenus")
    answer = browser.post(
        f"/rappels/retenus/{how}",
        {"kind": "requests_unanswered", "rung": "team", "csrf_token": browser.token},
    )
    assert answer.status_code == 302


def test_a_usual_day_holds_nothing(make: Builder, world: World) -> None:
    many(make, world, LEAVE)
    run_on(working_day(4))
    assert states() == {ReminderState.SENT: LEAVE}
    assert emails.HELD not in kinds()


def test_the_surplus_is_held_and_the_national_cell_asked_once(make: Builder, world: World) -> None:
    many(make, world)
    run_on(working_day(4))
    run(at(working_day(4)) + timedelta(hours=2))
    assert states() == {ReminderState.SENT: LEAVE, ReminderState.HELD: MANY - LEAVE}
    assert mails(emails.HELD) == [(emails.HELD, world.national.person.email)]


def test_what_was_busy_before_is_usual(make: Builder, world: World) -> None:
    with transaction() as session:
        session.add(
            Reminder(
                kind="drafts",
                thing=1,
                rung="pole",
                state=ReminderState.SENT,
                on=working_day(1),
                at=at(working_day(1)),
                letters=MANY,
            )
        )
    many(make, world)
    run_on(working_day(4))
    assert ReminderState.HELD not in states()


def test_who_would_get_many_gets_one_summary(make: Builder, world: World) -> None:
    many(make, world, rules.MOST_SINGLE + 1)
    run_on(working_day(6))
    assert Counter(mails())[emails.SUMMARY, world.manager.person.email] == 1
    assert mails(TEAM) == []
    text = db.session.scalars(
        select(OutboxEmail.text).where(OutboxEmail.recipient == world.manager.person.email)
    ).one()
    assert text.count("/demandes/") == rules.MOST_SINGLE + 1


def test_after_a_stop_of_weeks_each_reader_gets_one_message(make: Builder, world: World) -> None:
    many(make, world, 10)
    run_on(working_day(11))
    found = Counter(to for _, to in mails())
    assert set(found.values()) == {1}


def test_what_is_released_leaves_if_it_is_still_of_use(make: Builder, world: World, browse) -> None:
    waiting = many(make, world)
    run_on(working_day(4))
    with transaction():
        answered = [one.id for one in waiting[-3:]]
        db.session.execute(
            update(Assignment).where(Assignment.id.in_(answered)).values(state=AssignmentState.DECLINED)
        )
    page = browse(world.national).get("/rappels/retenus").text
    assert f"{MANY - LEAVE} rappels" in page
    decide(browse, world, "laisser-partir")
    run_on(working_day(5))
    assert states() == {ReminderState.SENT: MANY - 3, ReminderState.DROPPED: 3}
    reasons = db.session.scalars(select(Reminder.reason).where(Reminder.state == ReminderState.DROPPED))
    assert set(reasons) == {Reason.NO_LONGER}
    with clock.travelling_to(at(working_day(5))):
        assert "il n’était plus nécessaire (3)" in browse(world.national).get("/rappels/retenus").text
    assert db.session.scalar(select(ReminderLetter.id)) is None


def test_what_is_dropped_never_leaves(make: Builder, world: World, browse) -> None:
    many(make, world)
    run_on(working_day(4))
    decide(browse, world, "abandonner")
    count = len(mails())
    run_on(working_day(5))
    assert len(mails()) == count
    assert states() == {ReminderState.SENT: LEAVE, ReminderState.DROPPED: MANY - LEAVE}


def test_what_nobody_decides_on_is_dropped_in_the_end(make: Builder, world: World) -> None:
    many(make, world)
    run_on(working_day(4))
    with clock.travelling_to(at(working_day(4)) + rules.HELD_FOR + timedelta(days=1)):
        do("drop reminders that were held for long")
    assert ReminderState.HELD not in states()


@pytest.mark.parametrize("count", [2, MANY])
def test_two_workers_at_once_send_each_once(app: Flask, make: Builder, world: World, count: int) -> None:
    many(make, world, count)

    def work() -> None:
        run_on(working_day(4))

    together(app, work, work)
    assert states()[ReminderState.SENT] == min(count, LEAVE)
    told = db.session.scalars(select(OutboxEmail.text).where(OutboxEmail.kind == TEAM)).all()
    assert len(told) == (4 if count == 2 else 0)
    assert len(mails(emails.HELD)) == (0 if count == 2 else 1)


def test_one_who_stops_half_way_leaves_the_rest_to_the_next(make: Builder, world: World) -> None:
    many(make, world, 2)
    with clock.travelling_to(at(working_day(4))):
        do("note what people are reminded of")
    assert not mails()
    run(at(working_day(4)) + timedelta(hours=1))
    assert len(mails(TEAM)) == 4


def test_the_page_says_what_is_usual_also_where_nothing_left_yet(make: Builder, world: World, browse) -> None:
    with clock.travelling_to(at(working_day(4))):
        assert (
            f"rien ne dit ce qui est habituel. Au-delà de {rules.FEWEST} courriels"
            in browse(world.national).get("/rappels/retenus").text
        )
    many(make, world, LEAVE)
    run_on(working_day(4))
    with clock.travelling_to(at(working_day(5))):
        page = browse(world.national).get("/rappels/retenus").text
    assert f"Jusqu’à {rules.FEWEST * rules.TIMES_USUAL} courriels" in page


def test_what_was_forgotten_is_not_said_again(make: Builder, world: World) -> None:
    asked(make, world)
    run_on(working_day(4))
    count = len(mails())
    with clock.travelling_to(at(working_day(4)) + rules.KEPT + timedelta(days=1)):
        assert do("forget reminders") == 1
    run(at(working_day(4)) + rules.KEPT + timedelta(days=3))
    assert len(mails(TEAM)) == count
