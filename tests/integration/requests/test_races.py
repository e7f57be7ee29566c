"""Two people at once, on two real connections: exactly one decides, and nothing is lost.

What the loser looks at is loaded before the winner writes, as a page does before it saves: a lock that gives back
what was already in memory would let both through.
"""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Actor
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.steps import Place
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid, Refusal
from portal.requests import queries, routes, service, steps
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details, Wishes
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step, StepRefused
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import DO, World, actor_of, page_of
from tests.races import Meet, all_at_once

ROUNDS = 30
FEWER = 10
Act = Callable[[], Any]
SAYS_NO = Details(reason="no_capacity", message="Pas avant janvier.")
WISHES = Wishes(service_id=None, need="Nous cherchons.")


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Runs acts at the same moment, each on its own connection; the answer of each, or its refusal."""

    def run(actor: Actor | None, reference: str, *acts: Act) -> list[Any]:
        def one(number: int, meet: Meet) -> Any:
            with app.app_context():
                seen = queries.get(actor, reference) if actor else None
                meet()
                try:
                    with transaction():
                        acts[number]()
                except Refusal as refusal:
                    return refusal
                return seen.reference if seen else None

        return all_at_once(len(acts), one)

    return run


def refusals(answers: list[Any]) -> list[Refusal]:
    return [answer for answer in answers if isinstance(answer, Refusal)]


def fresh(request: SupportRequest) -> tuple[RequestState, list[AssignmentState]]:
    """The states as they are in the database."""
    state = db.session.scalar(select(SupportRequest.state).where(SupportRequest.id == request.id))
    assignments = db.session.scalars(
        select(Assignment.state).where(Assignment.request_id == request.id).order_by(Assignment.id)
    )
    return state, list(assignments)


def actions(request: SupportRequest) -> list[str]:
    return list(
        db.session.scalars(
            select(RequestEvent.action).where(RequestEvent.request_id == request.id).order_by(RequestEvent.id)
        )
    )


def decision(
    member: Membership, request: SupportRequest, action: Step[Any], assignment: Assignment, said: Details
) -> Act:
    actor, reference, assignment_id = actor_of(member), request.reference, assignment.id
    return lambda: DO[action](actor, reference, assignment_id, said)


def test_of_two_colleagues_who_decide_at_once_one_is_refused(make: Builder, world: World, at_once) -> None:
    actor = actor_of(world.practitioner)
    won = set()
    for _ in range(ROUNDS):
        request = make.raw_request(world.coordinator)
        assignment = make.raw_assignment(request, world.partner)
        answers = at_once(
            actor,
            request.reference,
            decision(
                world.practitioner,
                request,
                steps.ACCEPT,
                assignment,
                Details(referent_id=world.practitioner.person_id),
            ),
            decision(world.manager, request, steps.DECLINE, assignment, SAYS_NO),
        )
        (refused,) = refusals(answers)
        assert isinstance(refused, StepRefused)
        (done,) = actions(request)
        won.add(done)
        assert refused.step.name != done
        if done == steps.ACCEPT.name:
            assert fresh(request) == (RequestState.ACCEPTED, [AssignmentState.ACCEPTED])
        else:
            assert fresh(request) == (RequestState.TO_ROUTE, [AssignmentState.DECLINED])
    assert won <= {steps.ACCEPT.name, steps.DECLINE.name}


def test_a_withdrawn_request_is_never_accepted(make: Builder, world: World, at_once) -> None:
    """Withdrawing is possible before and after accepting; accepting only before."""
    pole = actor_of(world.coordinator)
    for _ in range(ROUNDS):
        request = make.raw_request(world.coordinator)
        assignment = make.raw_assignment(request, world.partner)
        said, reference = Details(reason="solved"), request.reference
        answers = at_once(
            pole,
            reference,
            lambda reference=reference, said=said: closing.withdraw(pole, reference, said),
            decision(
                world.practitioner,
                request,
                steps.ACCEPT,
                assignment,
                Details(referent_id=world.practitioner.person_id),
            ),
        )
        assert not isinstance(answers[0], Refusal)
        assert fresh(request) == (RequestState.WITHDRAWN, [AssignmentState.CANCELLED])
        if isinstance(answers[1], StepRefused):
            assert actions(request) == [steps.WITHDRAW.name]
        else:
            assert actions(request) == [steps.ACCEPT.name, steps.WITHDRAW.name]


def test_two_cells_ask_the_same_partner_once(make: Builder, world: World, at_once) -> None:
    cells = [actor_of(world.cell), actor_of(world.national)]
    said = Details(partner_ids=[world.partner.id])
    for _ in range(FEWER):
        request = make.raw_request(world.coordinator)
        reference = request.reference
        answers = at_once(
            cells[0],
            reference,
            *(lambda cell=cell, reference=reference: service.route(cell, reference, said) for cell in cells),
        )
        (refused,) = refusals(answers)
        assert isinstance(refused, Invalid)
        assert refused.field == "partner_ids"
        assert fresh(request) == (RequestState.PROPOSED, [AssignmentState.PROPOSED])


@pytest.mark.parametrize(
    ("second", "state"), [(steps.DECLINE, RequestState.TO_ROUTE), (steps.ACCEPT, RequestState.ACCEPTED)]
)
def test_two_partners_decide_at_once_and_the_request_follows_both(
    make: Builder, world: World, at_once, second: Step[Any], state: RequestState
) -> None:
    other = make.practitioner()
    says = {steps.DECLINE: SAYS_NO, steps.ACCEPT: Details(referent_id=other.person_id)}
    for _ in range(FEWER):
        request = make.raw_request(world.coordinator)
        first = make.raw_assignment(request, world.partner)
        theirs = make.raw_assignment(request, other.organisation)
        answers = at_once(
            actor_of(world.practitioner),
            request.reference,
            decision(world.practitioner, request, steps.DECLINE, first, SAYS_NO),
            decision(other, request, second, theirs, says[second]),
        )
        assert refusals(answers) == []
        assert fresh(request)[0] is state


def test_a_draft_sent_twice_at_once_is_sent_once(make: Builder, world: World, at_once) -> None:
    pole = actor_of(world.coordinator)
    for _ in range(FEWER):
        request = make.raw_request(world.coordinator, RequestState.DRAFT)
        reference = request.reference
        sending = [lambda reference=reference: service.submit(pole, reference)] * 2
        (refused,) = refusals(at_once(pole, reference, *sending))
        assert isinstance(refused, StepRefused)
        assert actions(request) == [steps.SUBMIT.name]
    told = db.session.scalar(select(func.count()).where(OutboxEmail.kind == "requests/submit_cell"))
    assert told == FEWER


def test_a_form_sent_twice_at_once_makes_one_draft(world: World, at_once) -> None:
    pole = actor_of(world.coordinator)
    for number in range(FEWER):
        writing = [lambda number=number: service.draft(pole, f"once-{number}", WISHES)] * 2
        assert refusals(at_once(None, "", *writing)) == []
    assert db.session.scalar(select(func.count()).select_from(SupportRequest)) == FEWER


def test_an_intervention_logged_twice_at_once_counts_once(make: Builder, world: World, at_once) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    actor, reference, assignment_id = actor_of(world.practitioner), request.reference, assignment.id
    facts = service_facts()
    for number in range(FEWER):
        logging = [
            lambda number=number: interventions.add(
                actor, reference, assignment_id, visits.LOG, f"log-{number}", facts, [actor.person_id]
            )
        ] * 2
        assert refusals(at_once(actor, reference, *logging)) == []
    assert db.session.scalar(select(func.count()).select_from(Intervention)) == FEWER


def service_facts() -> interventions.Facts:
    return interventions.Facts(clock.today(), None, 60, Place.REMOTE, None, report="Un point.")


def test_two_workers_let_time_run_out_once(make: Builder, world: World, at_once) -> None:
    for _ in range(FEWER):
        request = make.raw_request(world.coordinator)
        make.raw_assignment(request, world.partner, proposed_at=days_ago(60), due_on=date(2026, 1, 5))
        expire = partial(assignments.expire_unanswered, request.id)
        assert refusals(at_once(None, "", expire, expire)) == []
        assert actions(request) == [steps.EXPIRE.name]


def test_on_the_pages_the_slower_one_reads_who_was_faster(
    app: Flask, make: Builder, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have opened the page and both forms are right when the first one is saved."""
    people = [world.practitioner, world.manager]
    browsers = [Browser(app, one) for one in people]
    for browser in browsers:
        browser.get("/demandes")
    door = threading.local()
    monkeypatch.setattr(routes, "transaction", lambda: (door.meet(), transaction())[1])
    for _ in range(6):
        request = make.raw_request(world.coordinator)
        page = page_of(request, make.raw_assignment(request, world.partner), "accepter")

        def accept(number: int, meet: Meet, page: str = page) -> Any:
            door.meet = meet
            with app.app_context():
                return browsers[number].post(page, {"referent_id": str(people[number].person_id)})

        answers = all_at_once(2, accept)
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        lost = next(answer for answer in answers if answer.status_code == 409)
        assert page_of(request) in lost.text, "the way back"
        assert fresh(request) == (RequestState.ACCEPTED, [AssignmentState.ACCEPTED])
