"""The time that a service says is the partner's: on every page, clock and reminder. What was asked keeps its own."""

import html
from datetime import date

import pytest
from sqlalchemy import select

from portal import clock
from portal.catalogue.models import Service
from portal.catalogue.rules import FEWEST_DAYS_TO_ANSWER, MOST_DAYS_TO_ANSWER
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.service import route
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, at, mails, run_on, working_day
from tests.integration.requests.steps import World, actor_of, page_of, the_assignment
from tests.jobs import do

REMINDERS = ("stuck/unanswered_team", "stuck/unanswered_manager", "stuck/unanswered_cell")


def ask(make: Builder, world: World, days: int) -> tuple[Service, Assignment]:
    service = make.service(world.partner, days_to_answer=days)
    with clock.travelling_to(at(MONDAY)):
        request = make.raw_request(world.coordinator, service=service)
        with transaction():
            route(actor_of(world.cell), request.reference, Details(partner_ids=(world.partner.id,)))
    return service, the_assignment()


def first_days(days: int) -> dict[str, date]:
    """The day on which each reminder first left."""
    found: dict[str, date] = {}
    for count in range(1, days + 8):
        run_on(working_day(count))
        for kind, _to in mails(*REMINDERS):
            found.setdefault(kind, working_day(count))
    return found


@pytest.mark.parametrize("days", [FEWEST_DAYS_TO_ANSWER, 5, MOST_DAYS_TO_ANSWER])
def test_every_place_says_the_time_of_the_service(days: int, make: Builder, world: World, browse) -> None:
    service, assignment = ask(make, world, days)
    due_on = working_day(days)
    assert assignment.due_on == due_on
    public = html.unescape(browse().get(f"/services/{service.slug}").text).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{days} jours ouvrés" in public
    subject = db.session.scalars(
        select(OutboxEmail.subject).where(OutboxEmail.kind == "requests/route_partner")
    )
    assert all(f"{due_on.day} mars" in said.replace("\N{NO-BREAK SPACE}", " ") for said in subject)
    with clock.travelling_to(at(working_day(1))):
        standing = html.unescape(browse(world.coordinator).get(page_of(assignment_request(assignment))).text)
    assert f"{working_day(days + 10).day} mars" in standing.replace("\N{NO-BREAK SPACE}", " ")
    assert first_days(days) == {
        "stuck/unanswered_team": working_day(days - 1),
        "stuck/unanswered_manager": working_day(days + 1),
        "stuck/unanswered_cell": working_day(days + 6),
    }
    for day, state in (
        (working_day(days + 10), AssignmentState.PROPOSED),
        (working_day(days + 11), AssignmentState.EXPIRED),
    ):
        with clock.travelling_to(at(day)):
            do("expire unanswered requests")
        assert the_assignment().state is state


def assignment_request(assignment: Assignment) -> SupportRequest:
    return db.session.get_one(SupportRequest, assignment.request_id)


def test_what_was_asked_keeps_the_time_it_was_given(make: Builder, world: World) -> None:
    service, assignment = ask(make, world, 8)
    with transaction() as session:
        session.get_one(Service, service.id).days_to_answer = 3
    pressed = {"stuck/unanswered_team": working_day(7), "stuck/unanswered_manager": working_day(9)}
    assert first_days(4) == pressed, "nobody is pressed by the new time"
    assert (the_assignment().due_on, the_assignment().given_days) == (assignment.due_on, 8)


def test_the_days_of_reminders_of_a_service_follow_its_own(make: Builder, world: World, browse) -> None:
    service = make.service(world.partner, days_to_answer=10)
    text = browse(world.national).get(f"/rappels/delais/service/{service.id}").text
    labels = html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    team = labels.partition('id="requests_unanswered-team"')[2].partition("</select>")[0]
    assert [count for count in range(1, 20) if f">après {count} jours ouvrés<" in team] == [7, 8, 9]
