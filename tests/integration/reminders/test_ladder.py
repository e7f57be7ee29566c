"""Requests without an answer, rung after rung: whom they tell, on which day, once."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.reminders.models import Reminder, ReminderChoice
from portal.reminders.rules import Reason, ReminderState
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from portal.stuck.chasing import emails
from portal.stuck.models import Snooze
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, asked, at, kinds, mails, run, run_on, working_day
from tests.integration.requests.steps import World


def every_hour(first: date, last: date) -> None:
    """A worker that looks each hour, night and day."""
    moment = at(first, time(0, 30))
    while moment.date() <= last:
        run(moment)
        moment += timedelta(hours=6)


def test_each_rung_comes_on_its_day_in_the_morning_after_the_day_is_over(make: Builder, world: World) -> None:
    asked(make, world)
    days: dict[str, date] = {}
    for count in range(1, 16):
        before = kinds()
        run_on(working_day(count))
        for kind in kinds()[len(before) :]:
            days.setdefault(kind, working_day(count))
    assert days == {
        emails.TEAM: working_day(4),
        emails.MANAGER: working_day(6),
        emails.CHASED: working_day(6),
        emails.REROUTE: working_day(11),
    }


def test_each_is_sent_once_however_often_one_looks(make: Builder, world: World) -> None:
    asked(make, world)
    every_hour(MONDAY, working_day(12))
    assert len(mails(emails.TEAM)) == len(set(mails(emails.TEAM))) == 2
    assert len(mails()) == len(set(mails()))


@pytest.mark.parametrize("hour", [time(7, 59), time(18, 0), time(23)])
def test_nothing_leaves_while_nobody_is_at_work(make: Builder, world: World, hour: time) -> None:
    asked(make, world)
    run(at(working_day(4), hour))
    assert not mails()
    saturday = date(2026, 3, 7)
    run_on(saturday)
    assert not mails()


def test_a_reader_is_told_why_and_what_comes_next(make: Builder, world: World) -> None:
    asked(make, world)
    run_on(working_day(4))
    text = db.session.scalars(select(OutboxEmail.text)).first() or ""
    assert "sans réponse" in text
    assert "mardi 10 mars 2026" in text
    run_on(working_day(11))
    last = db.session.scalars(select(OutboxEmail.text).where(OutboxEmail.kind == emails.REROUTE)).one()
    assert "/suivi?panier=sans-reponse" in last


def answered(assignment: Assignment, state: AssignmentState) -> None:
    with transaction() as session:
        session.get_one(Assignment, assignment.id).state = state


@pytest.mark.parametrize("state", [one for one in AssignmentState if one is not AssignmentState.PROPOSED])
def test_it_stops_when_it_no_longer_waits(make: Builder, world: World, state: AssignmentState) -> None:
    one = asked(make, world)
    answered(one, state)
    run_on(working_day(4))
    assert not mails()


def test_the_days_of_a_question_are_given_back(make: Builder, world: World) -> None:
    asked(make, world, held_days=4, due_on=working_day(9))
    run_on(working_day(7))
    assert not mails()
    run_on(working_day(8))
    assert set(kinds()) == {emails.TEAM}


def test_a_date_that_moves_sends_nothing_again(make: Builder, world: World) -> None:
    one = asked(make, world)
    run_on(working_day(4))
    count = len(mails())
    with transaction() as session:
        session.get_one(Assignment, one.id).proposed_at = at(working_day(1))
    run_on(working_day(5))
    run_on(working_day(6))
    assert len(mails()) == count


def test_what_is_late_is_overtaken_by_the_last(make: Builder, world: World) -> None:
    asked(make, world)
    run_on(working_day(11))
    assert set(kinds()) == {emails.REROUTE}
    skipped = db.session.execute(
        select(Reminder.rung, Reminder.reason)
        .where(Reminder.state == ReminderState.SKIPPED)
        .order_by(Reminder.id)
    ).all()
    assert [(*one,) for one in skipped] == [("team", Reason.OVERTAKEN), ("manager", Reason.OVERTAKEN)]


def test_the_clock_a_week_forward_and_back_sends_nothing_twice(make: Builder, world: World) -> None:
    asked(make, world)
    run_on(working_day(4))
    run_on(working_day(4) + timedelta(days=7))
    run_on(working_day(4))
    run_on(working_day(6))
    run_on(working_day(11))
    assert len(mails()) == len(set(mails()))
    assert {ReminderState.DUE, ReminderState.CLEARED} & set(
        db.session.scalars(select(Reminder.state))
    ) == set()


def test_who_is_away_is_not_written_to_but_who_stands_in(make: Builder, world: World) -> None:
    away, there = make.practitioner(world.partner), make.practitioner(world.partner)
    with transaction() as session:
        session.add(
            Absence(
                membership_id=away.id,
                starts_on=MONDAY,
                ends_on=MONDAY + timedelta(days=30),
                substitute_id=there.person_id,
            )
        )
    asked(make, world, referent_id=away.person_id)
    run_on(working_day(4))
    assert mails() == [(emails.TEAM, there.person.email)]


def test_the_manager_alone_is_chased_where_there_is_one(make: Builder, world: World) -> None:
    manager = make.member(world.partner, Role.MANAGER)
    one = asked(make, world)
    run_on(working_day(4))
    with transaction() as session:
        session.get_one(Assignment, one.id).referent_id = world.practitioner.person_id
    run_on(working_day(6))
    assert manager.person.email in {to for _, to in mails(emails.MANAGER)}
    assert world.practitioner.person.email not in {to for _, to in mails(emails.MANAGER)}
    pole = {world.coordinator.person.email, world.colleague.person.email}
    assert {to for _, to in mails(emails.CHASED)} == pole


def test_what_the_cell_put_off_waits_for_its_day(make: Builder, world: World) -> None:
    one = asked(make, world)
    until = working_day(12)
    with transaction() as session:
        session.add(Snooze(request_id=one.request_id, by_id=world.cell.person_id, until=until, at=at(MONDAY)))
    for count in (4, 6, 11, 12):
        run_on(working_day(count))
    assert emails.REROUTE not in kinds()
    run_on(working_day(13))
    assert emails.REROUTE in kinds()


def test_the_place_says_its_days_and_its_hours(make: Builder, world: World) -> None:
    """In Réunion it is two or three hours later; 20 December is a holiday there alone."""
    pole = make.pole(region_code="04", department_code="974", town="Saint-Denis")
    coordinator = make.coordinator(pole)
    request = make.raw_request(coordinator, submitted_at=at(date(2027, 12, 15), place="974"))
    make.raw_assignment(
        request,
        world.partner,
        proposed_at=at(date(2027, 12, 15), place="974"),
        due_on=date(2027, 12, 23),
    )
    run(datetime(2027, 12, 21, 9, tzinfo=clock.zone_of("974")))
    assert not mails()
    run(datetime(2027, 12, 22, 7, tzinfo=clock.zone_of("974")))
    assert not mails()
    run(datetime(2027, 12, 22, 8, tzinfo=clock.zone_of("974")))
    assert set(kinds()) == {emails.TEAM}


@pytest.mark.parametrize(("days", "comes"), [(2, 3), (4, 5), (1, 3), (90, 5)])
def test_what_a_cell_or_a_service_chose_holds_within_bounds(
    make: Builder, world: World, days: int, comes: int
) -> None:
    with transaction() as session:
        session.add(
            ReminderChoice(kind="requests_unanswered", rung="team", scope="region", which="28", days=days)
        )
    asked(make, world)
    found = []
    for count in range(1, 6):
        run_on(working_day(count))
        if kinds() and not found:
            found.append(count)
    assert found == [comes]
