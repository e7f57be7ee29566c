"""Who is told what: those it concerns, each once, never the one who did it, never somebody who has left."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Person
from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.interventions import steps as visits
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import (
    EVERY_STEP,
    PATHS,
    World,
    ask,
    log_fields,
    mails,
    page_of,
    part_for,
    request_fields,
)

A = AssignmentState

# Step: who does it, from which state of the assignment, and who reads it: written a second time, by hand.
# The coordinator who asked is `coordinator`; `manager` is the referent chosen in these tests.
POLE, TEAM, CELL = {"coordinator", "colleague"}, {"practitioner", "manager"}, {"cell"}
WHO: dict[Step[Any], tuple[str | None, AssignmentState | None, set[str]]] = {
    steps.SUBMIT: ("coordinator", None, POLE | CELL),
    steps.ROUTE: ("cell", None, POLE | TEAM),
    steps.WITHDRAW: ("coordinator", A.PROPOSED, POLE | CELL | TEAM),
    steps.DROP: ("cell", A.PROPOSED, POLE | CELL | TEAM),
    steps.TAKE: ("practitioner", A.PROPOSED, set()),
    steps.ASSIGN: ("manager", A.PROPOSED, set()),
    steps.CHASE: ("cell", A.PROPOSED, TEAM),
    steps.CHASE_ANSWER: ("cell", A.ON_HOLD, POLE),
    steps.ASK_NEWS: ("cell", A.ACCEPTED, TEAM),
    steps.GO_ON: ("practitioner", A.ACCEPTED, CELL),
    steps.ACCEPT: ("practitioner", A.PROPOSED, POLE | {"manager"}),
    steps.DECLINE: ("practitioner", A.PROPOSED, POLE | CELL),
    steps.ASK: ("practitioner", A.PROPOSED, POLE),
    steps.ANSWER: ("coordinator", A.ON_HOLD, POLE | TEAM),
    steps.CHANGE_REFERENT: ("manager", A.ACCEPTED, POLE),
    steps.HAND_BACK: ("practitioner", A.ACCEPTED, POLE | CELL),
    steps.COMPLETE: ("practitioner", A.ACCEPTED, POLE | CELL),
    steps.REOPEN: ("coordinator", A.COMPLETED, POLE | CELL | TEAM),
    steps.CANCEL: ("cell", A.PROPOSED, POLE | TEAM),
    steps.EXPIRE: (None, A.PROPOSED, POLE | CELL | TEAM),
    steps.ADD_INFORMATION: ("coordinator", A.PROPOSED, POLE | TEAM),
    steps.REMIND: ("coordinator", A.PROPOSED, TEAM),
    steps.THANK: ("coordinator", A.COMPLETED, TEAM),
    steps.LEAD: ("cell", A.ACCEPTED, POLE | TEAM),
    visits.PLAN: ("practitioner", A.ACCEPTED, POLE),
    visits.LOG: ("practitioner", A.ACCEPTED, POLE),
    visits.MISS: ("practitioner", A.ACCEPTED, POLE),
    visits.CORRECT: ("practitioner", A.ACCEPTED, POLE),
    visits.CALL_OFF: ("practitioner", A.ACCEPTED, POLE),
    visits.CORRECT_LATER: ("cell", A.ACCEPTED, POLE | TEAM),
}
# Whoever takes over gets one e-mail about everything; a pole that ends: organisations/test_endings.
WITH_A_DEPARTURE = {steps.CHANGE_CONTACT, steps.MOVE}
REASONS = {
    steps.DECLINE: "territory",
    steps.HAND_BACK: "territory",
    steps.COMPLETE: "helped",
    steps.WITHDRAW: "solved",
    steps.DROP: "no_partner",
}


@pytest.fixture
def others(make: Builder, world: World) -> list[Person]:
    """People whom none of this concerns, any more or ever."""
    pole, partner, cell = world.coordinator.organisation, world.partner, world.cell.organisation
    gone = [
        make.member(pole, Role.COORDINATOR),
        make.member(partner, Role.MANAGER),
        make.member(cell, Role.REGIONAL_ADMIN),
    ]
    left = [make.member(one.organisation, one.role) for one in gone]
    with transaction():
        for one in gone:
            one.person.active = False
        for one in left:
            one.ended_at = clock.now()
    elsewhere = [
        make.member(pole, Role.MEMBER),
        make.coordinator(),
        make.practitioner(),
        make.regional_admin("11"),
        make.observer(),
    ]
    return [one.person for one in (*gone, *left, *elsewhere)]


def do(action: Step[Any], make: Builder, world: World, browse: Any) -> None:
    """Bring a request to where the action starts, and do it as its page does."""
    who, state, _ = WHO[action]
    start = RequestState.DRAFT if action is steps.SUBMIT else RequestState.TO_ROUTE
    request = make.raw_request(world.coordinator, start, service=world.service)
    assignment = part_for(action, make, request, world.partner, state) if state else None
    if who is None:
        with transaction() as session:
            assert assignment
            session.merge(assignment).proposed_at = days_ago(40)
            assert assignments.expire_unanswered(request.id)
        return
    path, fields = post_of(action, make, world, request, assignment)
    answer = browse(getattr(world, who)).post(path, fields)
    assert answer.status_code == 302


def post_of(
    action: Step[Any], make: Builder, world: World, request: SupportRequest, assignment: Assignment | None
) -> tuple[str, dict[str, Any]]:
    """Where an action is posted, and with what."""
    person = world.practitioner.person
    fields = {"reason": REASONS.get(action, ""), "message": "Voici pourquoi.", "understood": "y"}
    fields |= {"referent_id": str(world.manager.person_id), "partner_ids": str(world.partner.id)}
    if action in PATHS:
        about = assignment if action in steps.OF_ASSIGNMENTS else None
        return page_of(request, about, PATHS[action]), fields
    assert assignment
    if action is visits.PLAN:
        return page_of(request, assignment, "planifier"), log_fields(person.id, on=clock.today().isoformat())
    if action is visits.LOG:
        return page_of(request, assignment, "intervention"), log_fields(person.id)
    if action is visits.MISS:
        planned = make.raw_intervention(assignment, person, InterventionState.PLANNED, report="")
        return f"/interventions/{planned.id}/a-t-elle-eu-lieu", {"outcome": "pole_absent"}
    is_old = action is visits.CORRECT_LATER
    intervention = make.raw_intervention(assignment, person, told_at=days_ago(31 if is_old else 0))
    path = f"/interventions/{intervention.id}"
    if is_old:
        return f"{path}/rectifier", {**log_fields(person.id), "why": "Relu."}
    return (
        (f"{path}/annuler", fields)
        if action is visits.CALL_OFF
        else (f"{path}/corriger", log_fields(person.id))
    )


def test_every_action_has_its_readers() -> None:
    assert set(WHO) | WITH_A_DEPARTURE == set(EVERY_STEP)


@pytest.mark.parametrize("action", WHO, ids=str)
def test_those_it_concerns_are_told_and_nobody_else(
    make: Builder, world: World, others: list[Person], browse, action: Step[Any]
) -> None:
    do(action, make, world, browse)
    who, _, readers = WHO[action]
    expected = {getattr(world, one).person.email for one in readers - {who}}
    doer = getattr(world, who).person.email if who else None
    own = OutboxEmail.kind.in_((INVITED, TAKEN_OUT)) & (OutboxEmail.recipient == doer)
    rows = list(
        db.session.scalars(select(OutboxEmail).where(~own))
    )  # a calendar of one's own follows one's acts
    assert {row.recipient for row in rows} == expected
    assert len(rows) == len(expected), "nobody twice"
    feature = "interventions" if action in visits.OF_INTERVENTIONS else "requests"
    assert {row.kind.rpartition("_")[0] for row in rows} <= {f"{feature}/{action.name}"}
    assert not expected & {person.email for person in others}
    who_answers = getattr(world, who).person.email if who else None
    assert {row.reply_to for row in rows} <= {who_answers}


def test_a_referent_is_told_alone_until_they_leave(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(
        request, world.partner, A.ACCEPTED, referent_id=world.practitioner.person_id
    )
    browse(world.coordinator).post(page_of(request, None, "retirer"), {"reason": "solved", "understood": "y"})
    assert {to for kind, to in mails() if kind.endswith("_partner")} == {world.practitioner.person.email}

    with transaction():
        world.practitioner.ended_at = clock.now()
        assignment.state, request.state = A.ACCEPTED, RequestState.ACCEPTED
        request.closed_at = None
    browse(world.coordinator).post(page_of(request, None, "retirer"), {"reason": "solved", "understood": "y"})
    assert {to for kind, to in mails() if kind.endswith("_partner")} == {world.manager.person.email}


def test_a_new_referent_is_told_by_the_manager(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED, referent_id=world.manager.person_id)
    browse(world.manager).post(
        page_of(request, assignment, "changer-de-referent"),
        {"referent_id": str(world.practitioner.person_id)},
    )
    assert ("requests/change_referent_partner", world.practitioner.person.email) in mails()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.COORDINATOR])
def test_the_contact_is_told_whatever_their_role_while_they_are_of_the_pole(
    make: Builder, world: World, browse, role: Role
) -> None:
    contact = make.member(world.coordinator.organisation, role)
    request = make.raw_request(world.coordinator, contact_id=contact.person_id)
    routing = {"partner_ids": [str(world.partner.id)]}
    browse(world.cell).post(page_of(request, None, "orienter"), routing)
    told = {to for _, to in mails()}
    assert contact.person.email in told

    with transaction():
        contact.ended_at = clock.now()
    later = make.raw_request(world.coordinator, contact_id=contact.person_id)
    browse(world.cell).post(page_of(later, None, "orienter"), routing)
    assert {to for _, to in mails()} == told - {contact.person.email}


def test_who_is_concerned_twice_is_told_once(make: Builder, world: World, browse) -> None:
    """A coordinator who also works for the partner and sits in the cell."""
    make.member(world.partner, Role.PRACTITIONER, world.colleague.person)
    make.member(world.cell.organisation, Role.REGIONAL_ADMIN, world.colleague.person)
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner)
    browse(world.coordinator).post(page_of(request, None, "retirer"), {"reason": "solved", "understood": "y"})
    assert Counter(db.session.scalars(select(OutboxEmail.recipient)))[world.colleague.person.email] == 1


@pytest.mark.parametrize("empty", ["no cell", "nobody in the cell", "cell no longer active"])
def test_a_region_without_a_cell_is_looked_after_by_the_national_one(
    make: Builder, world: World, browse, empty: str
) -> None:
    with transaction():
        match empty:
            case "no cell":
                world.cell.organisation.coverages[0].region_code = "11"
            case "nobody in the cell":
                world.cell.person.active = False
            case _:
                world.cell.organisation.active = False
    ask(browse(world.coordinator), request_fields(world.service))
    assert ("requests/submit_cell", world.national.person.email) in mails()
    assert ("requests/submit_cell", world.cell.person.email) not in mails()


def test_a_pole_without_a_region_is_looked_after_by_the_national_cell(
    make: Builder, world: World, browse
) -> None:
    coordinator = make.coordinator(make.pole(region_code=None, department_code=None))
    ask(browse(coordinator), request_fields(world.service))
    assert mails() == {("requests/submit_cell", world.national.person.email)}


def test_each_reads_it_in_their_own_language(make: Builder, world: World, browse) -> None:
    with transaction():
        world.manager.person.language = "en"
    request = make.raw_request(world.coordinator)
    browse(world.cell).post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)]})
    rows = db.session.execute(
        select(OutboxEmail.recipient, OutboxEmail.language, OutboxEmail.html).where(
            OutboxEmail.kind == "requests/route_partner"
        )
    )
    by_person = {recipient: (language, html) for recipient, language, html in rows}
    language, html = by_person[world.manager.person.email]
    assert language == "en"
    assert '<html lang="en">' in html
    language, html = by_person[world.practitioner.person.email]
    assert language == "fr"
    assert '<html lang="fr">' in html


def test_nothing_is_told_of_what_was_refused(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner, A.DECLINED)
    wrong = browse(world.cell).post(
        page_of(request, None, "classer-sans-suite"), {"reason": "", "message": ""}
    )
    assert wrong.status_code == 422
    assert mails() == set()


def test_an_intervention_called_off_is_told_with_its_reason(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    one = make.raw_intervention(assignment, world.practitioner.person, InterventionState.PLANNED, report="")
    browse(world.practitioner).post(f"/interventions/{one.id}/annuler", {"message": "Salle fermée."})
    texts = list(db.session.scalars(select(OutboxEmail.text)))
    assert len(texts) == 2
    assert all("Salle fermée." in text for text in texts)
