"""The time a partner has: working days of its own, which stand still while the pole has a question to answer."""

import html
from datetime import date, datetime
from typing import Any

import pytest

from portal import clock
from portal.access.roles import Role
from portal.db import transaction
from portal.requests import service, steps
from portal.requests.closing import service as closing
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState, TooLateToReopen
from portal.steps import Step
from tests.builders import Builder
from tests.integration.requests.steps import (
    DO,
    World,
    actor_of,
    late_count,
    page_of,
    the_assignment,
    the_request,
)
from tests.jobs import do

SAID = Details(message="Voici.")
# Easter 2026: Good Friday (3 April) is a holiday in Alsace and Moselle alone, Easter Monday everywhere.
ROUEN, STRASBOURG = "76", "67"


def at(day: int, month: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 in Paris."""
    return datetime(2026, month, day, hour, minute, tzinfo=clock.PARIS)


class Story:
    """A request that one partner is asked for, and what each side does on which day."""

    def __init__(self, make: Builder, world: World, department: str, asked: datetime) -> None:
        region = {ROUEN: "28", STRASBOURG: "44"}[department]
        pole = make.pole(region_code=region, department_code=department)
        coordinator = make.member(pole, Role.COORDINATOR)
        with clock.travelling_to(asked):
            self.request: SupportRequest = make.raw_request(coordinator)
            self.pole, self.partner = actor_of(coordinator), actor_of(world.practitioner)
            with transaction():
                service.route(
                    actor_of(world.national), self.request.reference, Details(partner_ids=[world.partner.id])
                )
        self.assignment_id = the_assignment().id

    def do(self, action: Step[Any], when: datetime, said: Details = SAID) -> Assignment:
        actor = self.pole if action in {steps.ANSWER, steps.REOPEN} else self.partner
        with clock.travelling_to(when), transaction():
            DO[action](actor, self.request.reference, self.assignment_id, said)
        return the_assignment()

    def accept(self, when: datetime) -> Assignment:
        return self.do(steps.ACCEPT, when, Details(referent_id=self.partner.person_id))

    def expires(self, when: datetime) -> bool:
        """Run the job that closes what is left unanswered."""
        with clock.travelling_to(when):
            return do("expire unanswered requests") == 1


@pytest.mark.parametrize(
    ("department", "due", "due_after_hold"),
    [(ROUEN, date(2026, 4, 7), date(2026, 4, 13)), (STRASBOURG, date(2026, 4, 8), date(2026, 4, 13))],
)
def test_a_question_stops_the_clock_and_the_answer_gives_the_days_back(
    make: Builder, world: World, department: str, due: date, due_after_hold: date
) -> None:
    story = Story(make, world, department, at(30, 3))
    assert the_assignment().due_on == due
    held = story.do(steps.ASK, at(1, 4))
    assert (held.due_on, held.held_on, held.held_days) == (due, date(2026, 4, 1), 0)
    again = story.do(steps.ANSWER, at(8, 4))
    assert (again.due_on, again.held_on) == (due_after_hold, None)
    assert again.held_days == {ROUEN: 4, STRASBOURG: 3}[department]
    assert again.state is AssignmentState.PROPOSED


@pytest.mark.parametrize("department", [ROUEN, STRASBOURG])
def test_only_the_partners_own_days_count_as_its_answer(make: Builder, world: World, department: str) -> None:
    story = Story(make, world, department, at(30, 3))
    story.do(steps.ASK, at(1, 4))
    story.do(steps.ANSWER, at(8, 4))
    accepted = story.accept(at(10, 4))
    assert (accepted.answered_on, accepted.answer_days) == (date(2026, 4, 10), 4)


def test_several_questions_add_up(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    story.do(steps.ASK, at(3, 3))
    story.do(steps.ANSWER, at(5, 3))
    story.do(steps.ASK, at(6, 3))
    twice = story.do(steps.ANSWER, at(9, 3))
    assert (twice.held_days, twice.due_on) == (3, date(2026, 3, 12))
    assert story.do(steps.DECLINE, at(10, 3), Details("other", "Non.")).answer_days == 3


def test_a_question_answered_the_same_day_costs_nothing(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    due = the_assignment().due_on
    story.do(steps.ASK, at(3, 3, 9))
    assert story.do(steps.ANSWER, at(3, 3, 17)).due_on == due


@pytest.mark.parametrize("action", [steps.ACCEPT, steps.DECLINE], ids=str)
def test_a_partner_may_decide_without_waiting_for_the_answer(
    make: Builder, world: World, action: Step[Any]
) -> None:
    story = Story(make, world, ROUEN, at(30, 3))
    story.do(steps.ASK, at(1, 4))
    said = Details("other", "Finalement non.", story.partner.person_id)
    decided = story.do(action, at(8, 4), said)
    assert (decided.held_on, decided.held_days, decided.answer_days) == (None, 4, 2)


def test_a_request_that_closes_during_a_question_holds_nothing_back(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    story.do(steps.ASK, at(3, 3))
    with clock.travelling_to(at(6, 3)), transaction():
        closing.withdraw(story.pole, story.request.reference, Details("solved"))
    assert (the_assignment().held_on, the_assignment().held_days) == (None, 3)


def test_time_runs_out_once_the_fifteenth_working_day_is_over(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    assert not story.expires(at(23, 3, 23, 59)), "the fifteenth working day"
    assert story.expires(at(24, 3, 0, 1))
    assert (the_assignment().state, the_request().state) == (AssignmentState.EXPIRED, RequestState.TO_ROUTE)
    assert not story.expires(at(25, 3)), "once"


def test_time_starts_on_the_day_it_is_in_paris(make: Builder, world: World) -> None:
    """Half past midnight in Paris is still the day before in UTC."""
    story = Story(make, world, ROUEN, at(3, 3, 0, 30))
    assert the_assignment().due_on == date(2026, 3, 10)
    assert not story.expires(at(24, 3))
    assert story.expires(at(25, 3))


def test_time_never_runs_out_while_the_pole_has_a_question(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    story.do(steps.ASK, at(4, 3))
    assert not story.expires(at(31, 12))
    story.do(steps.ANSWER, at(16, 3))
    assert not story.expires(at(30, 3)), "eight days held"
    assert not story.expires(at(2, 4))
    assert story.expires(at(3, 4))


def test_due_today_is_not_late_and_tomorrow_is(make: Builder, world: World, browse) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    for day, late in ((9, 0), (10, 1)):
        with clock.travelling_to(at(day, 3)):
            assert late_count(actor_of(world.national)) == late
            home = browse(world.practitioner).get("/").text
            assert ("ouvré de retard" in html.unescape(home)) == bool(late)
            page = browse(world.national).get("/demandes?dossier=en-retard").text
            assert (story.request.reference in page) == bool(late)
            shown = browse(world.practitioner).get(page_of(story.request)).text
            assert ("En retard" in shown) == bool(late)
    story.do(steps.ASK, at(10, 3))
    with clock.travelling_to(at(20, 3)):
        assert late_count(actor_of(world.national)) == 0, "the clock stands still"


def test_a_completed_part_reopens_for_thirty_days(make: Builder, world: World) -> None:
    story = Story(make, world, ROUEN, at(2, 3))
    story.accept(at(3, 3))
    story.do(steps.COMPLETE, at(1, 4), Details("helped", "Fini."))
    closed_at = the_request().closed_at
    assert closed_at is not None
    with pytest.raises(TooLateToReopen):
        story.do(steps.REOPEN, at(2, 5))
    reopened = story.do(steps.REOPEN, at(1, 5, 23, 59))
    assert (reopened.state, reopened.completed_on, reopened.outcome) == (AssignmentState.ACCEPTED, None, None)
    assert the_request().closed_at is None
    again = story.do(steps.COMPLETE, at(4, 5), Details("partly_helped", "Fini, vraiment."))
    assert again.completed_on == date(2026, 5, 4), "the thirty days start again"
