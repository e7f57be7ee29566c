"""A page costs the same few queries for one row and for fifty."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.alike.models import AlikePair
from portal.alike.rules import Near
from portal.db import Model, db, transaction
from portal.interventions import steps as visits
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.writing.rules import FormStep
from tests.browser import IN_THE_HEADER, Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, ask, ask_again, page_of, request_fields, the_request
from tests.shares import raw_confirmations, raw_proposal

MOST = 8 + IN_THE_HEADER
MOST_OF_A_REQUEST = 15 + IN_THE_HEADER
"""Its page holds a conversation and documents beside what a list does: what was said, to whom, who saw it, who may be
named."""
A = AssignmentState
READERS = ["coordinator", "practitioner", "manager", "cell", "national"]


def cost(browser: Browser, path: str, queries: list[str]) -> int:
    """The number of queries of a page."""
    queries.clear()
    assert browser.get(path).status_code == 200
    return len(queries)


def count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def fill(make: Builder, world: World, times: int) -> None:
    """In every folder of everybody, so many requests."""
    other = make.partner()
    for _ in range(times):
        service = make.service(world.partner)
        make.raw_request(world.coordinator, RequestState.DRAFT, service)
        make.raw_request(world.coordinator, service=service)
        for state in (A.PROPOSED, A.ON_HOLD, A.ACCEPTED, A.COMPLETED, A.DECLINED):
            request = make.raw_request(world.coordinator, service=service)
            late = {"due_on": clock.today() - timedelta(days=3)}
            part = make.raw_assignment(
                request, world.partner, state, referent_id=world.manager.person_id, **late
            )
            if state is A.ACCEPTED:
                raw_proposal(make, part)
            make.raw_assignment(request, other, A.DECLINED)
            with transaction() as session:
                request.state = {
                    A.ACCEPTED: RequestState.ACCEPTED,
                    A.COMPLETED: RequestState.COMPLETED,
                    A.DECLINED: RequestState.TO_ROUTE,
                }.get(state, RequestState.PROPOSED)
                session.add(request)


@pytest.mark.parametrize("who", READERS)
def test_lists_and_home_cost_the_same_for_one_request_and_for_fifty(
    make: Builder, world: World, browse, queries: list[str], who: str
) -> None:
    browser = browse(getattr(world, who))
    paths = ["/demandes?dossier=toutes", "/demandes", "/", "/demandes?dossier=en-cours&recherche=gouvernance"]
    if who in {"cell", "national"}:
        paths += ["/demandes?dossier=en-retard", "/demandes?dossier=proposees"]
    if who == "coordinator":
        paths += ["/demandes/nouvelle", "/demandes?dossier=a-repondre"]
    for path in paths:
        browser.get(path)
    fill(make, world, 1)
    few = {path: cost(browser, path, queries) for path in paths}
    fill(make, world, 13)
    many = {path: cost(browser, path, queries) for path in paths}
    assert many == few
    assert 2 <= min(few.values()) <= max(few.values()) <= MOST, few


@pytest.mark.parametrize("who", ["cell", "national"])
def test_what_is_only_counted_costs_the_home_of_a_cell_no_statement(
    make: Builder, world: World, browse, queries: list[str], who: str
) -> None:
    """Interventions to decide on, and requests that resemble each other."""
    browser = browse(getattr(world, who))
    asked = [make.raw_request(by) for by in (world.coordinator, make.coordinator())]
    part = make.raw_assignment(asked[0], world.partner, A.ACCEPTED)
    browser.get("/")
    without = cost(browser, "/", queries)
    raw_confirmations(make, part, world.practitioner)
    make._save(AlikePair(first_id=asked[0].id, second_id=asked[1].id, near=Near.REGION, shared=["statuts"]))
    assert cost(browser, "/", queries) == without
    assert "ressemblent" in browser.get("/").text


def add_to(request: SupportRequest, make: Builder, partner: Membership, times: int) -> Assignment:
    """More partners that said no, interventions and events."""
    for _ in range(times):
        said_no = make.raw_assignment(request, make.partner(), A.DECLINED)
        assignment = make.raw_assignment(request, partner.organisation, A.COMPLETED)
        intervention = make.raw_intervention(assignment, partner.person, InterventionState.DONE)
        with transaction() as session:
            for one in (assignment, said_no):
                session.add(
                    RequestEvent(
                        request_id=request.id,
                        assignment_id=one.id,
                        action=visits.LOG.name,
                        actor_id=intervention.practices[0].person_id,
                        organisation_id=one.partner_id,
                        from_state="accepted",
                        to_state="accepted",
                    )
                )
        named = (partner.person,)
        make.raw_message(request, partner, partners=(partner.organisation,), named=named)
    live = make.raw_assignment(request, make.partner(), A.PROPOSED)
    with transaction() as session:
        request.state = RequestState.PROPOSED
        session.add(request)
    return live


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("state", [A.PROPOSED, A.ON_HOLD, A.ACCEPTED])
def test_the_page_of_a_request_costs_the_same_whatever_it_holds(
    make: Builder, world: World, browse, queries: list[str], who: str, state: AssignmentState
) -> None:
    """Before and after the partner answered, who reads then whether the pole was told."""
    browser = browse(getattr(world, who))
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, state)
    add_to(request, make, world.practitioner, 1)
    browser.get(page_of(request))
    few = cost(browser, page_of(request), queries)
    add_to(request, make, world.practitioner, 20)
    browser.get(page_of(request))  # what is new is read, which is noted once
    assert cost(browser, page_of(request), queries) == few
    assert few <= MOST_OF_A_REQUEST, "\n".join(queries)


@pytest.mark.parametrize("who", READERS)
def test_what_the_pole_says_of_interventions_costs_three_statements_however_many(
    make: Builder, world: World, browse, queries: list[str], who: str
) -> None:
    """Until when silence confirms (who was told, who is there), and what was adjusted of what is confirmed."""
    browser = browse(getattr(world, who))
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    for _ in range(4):
        make.raw_intervention(assignment, world.practitioner.person)
    browser.get(page_of(request))
    without = cost(browser, page_of(request), queries)
    for _ in range(3):
        raw_confirmations(make, assignment, world.practitioner)
        assert cost(browser, page_of(request), queries) == without + 3, "\n".join(queries)


def test_whether_it_may_be_asked_for_is_weighed_where_it_is_told(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    """A cell is told while it may route the request."""
    request = make.raw_request(world.coordinator, service=world.service)

    def is_weighed(who: str) -> bool:
        cost(browse(getattr(world, who)), page_of(request), queries)
        return any("use_limit" in statement for statement in queries)

    assert is_weighed("cell")
    make.raw_assignment(request, world.partner, A.COMPLETED)
    assert not is_weighed("practitioner")
    assert not is_weighed("cell")


def test_interventions_are_asked_for_where_a_partner_may_have_held_some(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    request = make.raw_request(world.coordinator)

    def are_asked_for() -> bool:
        cost(browse(world.cell), page_of(request), queries)
        return any("intervention.report" in statement for statement in queries)

    assert not are_asked_for()
    make.raw_assignment(request, world.partner, A.ACCEPTED)
    assert are_asked_for()


def test_forms_cost_little(make: Builder, world: World, browse, queries: list[str]) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    planned = make.raw_intervention(
        assignment, world.practitioner.person, InterventionState.PLANNED, report=""
    )
    pole, partner = browse(world.coordinator), browse(world.practitioner)
    opened = [
        (pole, "/demandes/nouvelle"),
        *(
            (pole, page_of(draft, None, f"modifier/{step.value}"))
            for step in FormStep
            if step is not FormStep.QUESTIONS
        ),
        (partner, page_of(request, assignment, "planifier")),
        (partner, page_of(request, assignment, "intervention")),
        (partner, f"/interventions/{planned.id}/realisee"),
        (partner, f"/interventions/{planned.id}/corriger"),
        (partner, f"/interventions/{planned.id}/annuler"),
    ]
    for browser, path in opened:
        assert cost(browser, path, queries) <= MOST, path


@pytest.mark.parametrize("is_new", [True, False])
def test_writing_a_request_and_sending_it_is_one_act(
    make: Builder, world: World, browse, queries: list[str], is_new: bool
) -> None:
    """It is locked and read once, e-mails included; two statements find the people of all who are told, and one writes
    down what the service says, the first time that it is asked for."""
    browser = browse(world.coordinator)
    draft = None if is_new else make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    browser.get("/demandes/nouvelle")
    service = make.service(world.partner, direct=True)
    if draft:
        ask_again(browser, page_of(draft), request_fields(service, intent="draft"))
    else:
        ask(browser, request_fields(service, intent="draft"))
    queries.clear()
    assert browser.post(page_of(the_request(), None, "envoyer")).status_code == 302
    assert len(queries) <= 33, "\n".join(queries)


def test_telling_many_costs_no_more_statements_than_telling_one(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    browser = browse(world.coordinator)

    def send(once: str) -> tuple[int, int]:
        """How many statements it takes, and how many are told."""
        already = count(OutboxEmail)
        queries.clear()
        assert ask(browser, request_fields(world.service, once=once)).status_code == 302
        return len(queries), count(OutboxEmail) - already

    send("warm")
    statements, told = send("few")
    for _ in range(5):
        make.member(world.cell.organisation, Role.REGIONAL_ADMIN)
    assert send("many") == (statements, told + 5)
