"""Before an organisation ends, its open work is shown, then cancelled or given: nothing waits for who is gone."""

import html
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts import service as accounts
from portal.applications.steps import State
from portal.db import Model, db, transaction
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.organisations import handover, queries
from portal.organisations.models import (
    Organisation,
    OrganisationAbsence,
)
from portal.organisations.rules import NOBODY
from portal.refusals import Conflict, Refusal
from portal.requests import queries as requests
from portal.requests import service, steps
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS, AssignmentState, RequestState
from portal.steps import Step
from tests.builders import Builder
from tests.integration.calendars.steps import stand_in_calendars
from tests.integration.organisations.pointing import POINTING
from tests.integration.organisations.steps import Browse, address, journal, read
from tests.integration.requests.steps import DO, World, actor_of, build_world, check_refused, mails
from tests.races import at_once
from tests.waiting import LONGEST

WHY = "L’équipe s’arrête."
TOMORROW = timedelta(days=1)


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def still_open(organisation: Organisation) -> dict[str, int]:
    """The open rows that point to it, by column; its planned interventions too."""
    found = {}
    for column, condition in POINTING.items():
        if condition is not None:
            count = select(func.count()).where(column == organisation.id, condition())
            found[str(column)] = db.session.scalar(count)
    planned = (
        select(func.count(Intervention.id))
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.state == InterventionState.PLANNED,
            (Assignment.partner_id == organisation.id) | (SupportRequest.pole_id == organisation.id),
        )
    )
    found["interventions"] = db.session.scalar(planned)
    return {name: count for name, count in found.items() if count}


def end(browse: Browse, world: World, organisation: Organisation, to: str = "", reason: str = WHY) -> Any:
    fields = {"reason": reason, "successor_id": to}
    return browse(world.national).post(address(organisation, "activite"), fields)


def fill(make: Builder, world: World, state: AssignmentState | None) -> SupportRequest:
    """A request of the pole, asked of the partner where a state is given, with all that goes with it."""
    request = make.raw_request(world.coordinator, service=world.service)
    if state is not None:
        referent = world.manager.person_id if state is AssignmentState.ACCEPTED else None
        assignment = make.raw_assignment(request, world.partner, state, referent_id=referent)
        if state is AssignmentState.ACCEPTED:
            make.raw_intervention(
                assignment,
                world.manager.person,
                InterventionState.PLANNED,
                on=clock.today() + TOMORROW,
                report="",
            )
    for organisation, role in ((world.partner, Role.MANAGER), (world.coordinator.organisation, Role.MEMBER)):
        with transaction():
            here = read_in(organisation)
            accounts.invite(here, f"invitee{here.id}@exemple.test", "Ali", "Renard", role)
    with transaction() as session:
        session.add(
            OrganisationAbsence(
                organisation_id=world.partner.id,
                starts_on=clock.today() - TOMORROW,
                ends_on=clock.today() + TOMORROW,
            )
        )
    stand_in_calendars()
    mails()
    return request


def read_in(organisation: Organisation) -> Organisation:
    found = db.session.get(Organisation, organisation.id)
    assert found
    return found


def test_every_column_that_points_to_an_organisation_is_open_work_or_not() -> None:
    pointing = {
        str(key.parent)
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "organisation"
    }
    known = {str(column.property.columns[0]) for column in POINTING}
    assert known == pointing, (
        "Say what of these rows waits for an organisation, and settle it in its `handover`."
    )


@pytest.mark.parametrize("state", [*sorted(LIVE_ASSIGNMENTS), None], ids=str)
@pytest.mark.parametrize("given", [True, False], ids=["given", "cancelled"])
@pytest.mark.parametrize("kind", ["pole", "partner"])
def test_nothing_waits_for_who_is_gone_and_everyone_is_told(
    kind: str, given: bool, state: AssignmentState | None, make: Builder, world: World, browse: Browse
) -> None:
    request = fill(make, world, state)
    if kind == "pole":
        gone, heir = world.coordinator.organisation, make.coordinator(make.pole(region_code="28"))
    else:
        gone, heir = world.partner, make.manager(make.partner(regions=("28",)))
    assert still_open(gone)
    answer = end(browse, world, gone, str(heir.organisation_id) if given else str(NOBODY))
    assert answer.status_code == 302, answer.text
    assert not read(gone).active
    assert not still_open(gone)
    told = {recipient for _kind, recipient in mails()}
    assert world.national.person.email not in told, "who acts is not told"
    asked = state is not None
    assert (world.coordinator.person.email in told) is (kind == "pole" or asked)
    assert (world.cell.person.email in told) is (kind == "pole" or asked)
    assert world.manager.person.email in told if kind == "partner" or asked else True
    if given and (kind == "pole" or asked):
        assert heir.person.email in told
    assert journal()[-1].changes["active"] == [True, False]
    found = db.session.get(SupportRequest, request.id, populate_existing=True)
    assert found
    if kind == "pole":
        assert found.state in (OPEN_REQUESTS if given else {RequestState.DROPPED})
        assert (found.pole_id == heir.organisation_id) is given


@pytest.mark.parametrize("given", [True, False], ids=["given", "national"])
def test_what_waits_for_a_cell_passes_on_and_whoever_gets_it_is_told(
    given: bool, make: Builder, world: World, browse: Browse
) -> None:
    request, application = make.raw_request(world.coordinator), make.raw_application(State.SUBMITTED)
    other, chief = make.regional_admin("11"), make.member(world.national.organisation, Role.NATIONAL_ADMIN)
    cell = world.cell.organisation
    page = html.unescape(browse(world.national).get(address(cell, "activite")).text)
    assert request.reference in page
    assert application.reference in page
    mails()
    answer = end(browse, world, cell, str(other.organisation_id) if given else str(NOBODY))
    assert answer.status_code == 302
    told = {recipient for _kind, recipient in mails()}
    heir = other if given else chief
    assert {heir.person.email, world.cell.person.email} <= told
    assert world.national.person.email not in told
    page = browse(heir).get(f"/demandes/{request.reference}")
    assert page.status_code == 200
    assert browse(heir).get(f"/candidatures/{application.reference}").status_code == 200


def test_the_page_shows_what_is_open_and_asks_for_a_choice_which_is_not_lost(
    make: Builder, world: World, browse: Browse
) -> None:
    references = [fill(make, world, state).reference for state in (AssignmentState.ACCEPTED,)]
    other = make.partner(name="Coopérative Les Passerelles")
    make.partner(name="Arrêtée", active=False)
    page = html.unescape(browse(world.national).get(address(world.partner, "activite")).text)
    assert references[0] in page
    assert "Ali Renard" in page
    assert other.name in page
    assert "Arrêtée" not in page
    assert world.coordinator.organisation.name not in page
    refused = end(browse, world, world.partner)
    check_refused(refused, "successor_id")
    assert WHY in html.unescape(refused.text)
    for wrong in (world.partner.id, world.coordinator.organisation_id, 999_999, "x", "-1"):
        assert end(browse, world, world.partner, str(wrong)).status_code == 422, wrong
    assert read(world.partner).active
    assert still_open(world.partner)


def test_an_organisation_without_open_work_ends_without_a_question(
    make: Builder, world: World, browse: Browse
) -> None:
    funder = make.funder()
    assert 'name="successor_id"' not in browse(world.national).get(address(funder, "activite")).text
    assert end(browse, world, funder).status_code == 302
    assert end(browse, world, funder, reason="Il revient.").status_code == 302
    assert read(funder).active


def test_the_page_costs_few_queries_however_much_is_open(
    make: Builder, world: World, browse: Browse, queries: list[str]
) -> None:
    browser, costs = browse(world.national), []
    for size in (1, 10):
        for _number in range(size):
            make.raw_assignment(make.raw_request(make.coordinator()), world.partner, AssignmentState.ACCEPTED)
        queries.clear()
        browser.get(address(world.partner, "activite"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8, costs


@pytest.mark.parametrize("action", [steps.ASK, steps.ROUTE, steps.SUBMIT, steps.REOPEN], ids=str)
def test_nothing_new_is_asked_of_a_pole_that_is_gone(
    action: Step[Any], make: Builder, world: World, browse: Browse
) -> None:
    states = {steps.ASK: AssignmentState.PROPOSED, steps.REOPEN: AssignmentState.COMPLETED}
    request = make.raw_request(
        world.coordinator,
        state=RequestState.DRAFT if action is steps.SUBMIT else RequestState.TO_ROUTE,
        service=world.service,
    )
    assignment = make.raw_assignment(request, world.partner, states[action]) if action in states else None
    with transaction() as session:
        pole = session.get(Organisation, world.coordinator.organisation_id)
        pole.active = False
    said = Details(message="Quand ?", partner_ids=[world.partner.id])
    number = assignment.id if assignment else 0
    acts = {
        steps.ROUTE: lambda: service.route(actor_of(world.cell), request.reference, said),
        steps.SUBMIT: lambda: service.submit(actor_of(world.coordinator), request.reference),
    }
    who = world.coordinator if action is steps.REOPEN else world.manager
    decide = partial(DO[action], actor_of(who), request.reference, number, said)
    with pytest.raises(Refusal), transaction():
        acts.get(action, decide)()
    if action is steps.ASK:
        text = browse(world.manager).get(f"/demandes/{request.reference}").text
        assert "demander-une-precision" not in text


Acts = dict[str, Callable[[World, SupportRequest, Assignment | None], Any]]
RACING: Acts = {
    "accept": lambda world, request, asked: assignments.accept(
        actor_of(world.manager),
        request.reference,
        asked.id,
        Details(referent_id=world.manager.person_id),
    ),
    "decline": lambda world, request, asked: assignments.decline(
        actor_of(world.manager),
        request.reference,
        asked.id,
        Details("other", "Voyez l’an prochain."),
    ),
    "ask": lambda world, request, asked: assignments.ask(
        actor_of(world.manager), request.reference, asked.id, Details(message="Quand ?")
    ),
    "route": lambda world, request, _asked: service.route(
        actor_of(world.cell), request.reference, Details(partner_ids=[world.partner.id])
    ),
    "submit": lambda world, request, _asked: service.submit(actor_of(world.coordinator), request.reference),
    "invite": lambda world, _request, _asked: accounts.invite(
        read_in(world.partner), "ali@exemple.test", "Ali", "Renard", Role.MANAGER
    ),
}


@pytest.mark.parametrize("gone", ["partner", "pole"])
@pytest.mark.parametrize("act", RACING)
def test_whatever_races_the_end_leaves_nothing_open(
    act: str, gone: str, make: Builder, world: World, app: Flask
) -> None:
    for _round in range(
        6 if db.engine.dialect.name == "postgresql" else 2
    ):  # SQLite lets one write at a time
        here = build_world(make)
        draft = act == "submit"
        state = RequestState.DRAFT if draft else RequestState.TO_ROUTE
        direct = make.service(here.partner, direct=True)
        request = make.raw_request(here.coordinator, state=state, service=direct)
        asked = make.raw_assignment(request, here.partner) if act in {"accept", "decline", "ask"} else None
        organisation = here.partner if gone == "partner" else here.coordinator.organisation
        national = actor_of(here.national)
        answers = at_once(
            app,
            lambda here=here, request=request, asked=asked: RACING[act](here, request, asked),
            lambda national=national, organisation=organisation: handover.end(
                national, organisation.id, WHY, NOBODY
            ),
        )
        assert isinstance(answers[1], Organisation), answers
        assert not still_open(organisation), answers


@pytest.mark.parametrize("act", ["route", "submit"])
def test_who_asks_a_partner_that_is_ending_waits_and_finds_it_gone(
    act: str, make: Builder, world: World, app: Flask
) -> None:
    """Whoever ends it goes on to its requests meanwhile."""
    state = RequestState.DRAFT if act == "submit" else RequestState.TO_ROUTE
    direct = make.service(world.partner, direct=True)
    request = make.raw_request(world.coordinator, state=state, service=direct)

    def ask() -> Any:
        with app.app_context(), transaction():
            return RACING[act](world, request, None)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            (partner,) = queries.locked({world.partner.id}, shared_key=True)
            asking = pool.submit(ask)
            time.sleep(0.3)
            if act == "route":
                assert requests.get_locked(None, request.reference)
            partner.active = False
            session.flush()
        with suppress(Refusal):
            asking.result(timeout=LONGEST)
    assert not still_open(world.partner)


def test_two_who_end_each_in_favour_of_the_other_do_not_wait_for_ever(
    make: Builder, world: World, app: Flask
) -> None:
    national = actor_of(world.national)
    for _round in range(5):
        one, other = make.partner(), make.partner()
        for partner in (one, other):
            make.raw_assignment(make.raw_request(), partner)
        answers = at_once(
            app,
            lambda one=one, other=other: handover.end(national, one.id, WHY, other.id),
            lambda one=one, other=other: handover.end(national, other.id, WHY, one.id),
        )
        assert sum(isinstance(answer, Organisation) for answer in answers) == 1, answers
        assert not [one for one in (one, other) if not read(one).active and still_open(one)]


def test_two_who_end_the_same_one_do_it_once(make: Builder, world: World, app: Flask) -> None:
    partner, national = make.partner(), actor_of(world.national)
    make.raw_assignment(make.raw_request(), partner)
    acts = [lambda: handover.end(national, partner.id, WHY, NOBODY) for _number in range(3)]
    answers = at_once(app, *acts)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2


def test_a_check_finds_what_waits_for_who_was_gone_before(make: Builder, world: World, app: Flask) -> None:
    request = fill(make, world, AssignmentState.PROPOSED)
    with transaction() as session:
        session.get(Organisation, world.partner.id).active = False
    answer = app.test_cli_runner().invoke(args=["check"])
    assert answer.exit_code == 1
    assert request.reference in answer.output
    assert world.partner.name in answer.output
