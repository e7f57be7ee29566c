"""What a partner reads does not depend on what the other partners do with the request: they were asked, no more."""

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.requests import queries, steps
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, RequestEvent
from portal.requests.rules import Details
from portal.requests.steps import (
    OF_ASSIGNMENTS,
    OF_REQUESTS,
    SET_REQUESTS,
    AssignmentState,
    Outcome,
    RequestState,
    derive_state,
)
from portal.steps import Audience, Step
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import DO, EVERY_STEP, PATHS, World, actor_of, page_of, values_for

pytestmark = pytest.mark.one_database

A, R = AssignmentState, RequestState
Browse = Any
STATES = list(A)
ENDED = {A.COMPLETED, A.DECLINED, A.HANDED_BACK, A.EXPIRED, A.CANCELLED}
PAIRS = list(itertools.combinations_with_replacement(STATES, 2))
FEW = [
    (A.PROPOSED, A.ON_HOLD),
    (A.ACCEPTED, A.DECLINED),
    (A.COMPLETED, A.COMPLETED),
    (A.EXPIRED, A.CANCELLED),
]
MARKER = "Zorglub"
_DONE_TO_PARTS = {step for step in EVERY_STEP if step not in OF_REQUESTS} - {steps.LEAD} | {steps.ROUTE}
_DONE_TO_A_PART = sorted(step.name for step in _DONE_TO_PARTS)


class Case:
    """A request that three partners have; what the two others said, did and wrote holds a word of its own."""

    def __init__(self, make: Builder, world: World, own: A) -> None:
        self.world, self.own = world, own
        self.request = make.raw_request(world.coordinator, service=world.service)
        self.mine = make.raw_assignment(self.request, world.partner, own, referent_id=world.manager.person_id)
        self.others = [self._other(make, name) for name in ("Compagnie Bêta", "Compagnie Gamma")]

    def _other(self, make: Builder, name: str) -> Assignment:
        member = make.member(make.partner(name=name), Role.PRACTITIONER, make.person(family_name=MARKER))
        long_ago = clock.today() - timedelta(days=40)
        part = make.raw_assignment(
            self.request,
            member.organisation,
            due_on=long_ago,
            held_on=long_ago,
            completed_on=long_ago,
            referent_id=member.person_id,
            outcome=Outcome.NOT_HELPED,
            review=f"Bilan {MARKER}",
        )
        make.raw_intervention(part, member.person, InterventionState.DONE, report=f"Atelier {MARKER}")
        with transaction() as session:
            session.add_all(self._events(part, member))
        return part

    def _events(self, part: Assignment, member: Membership) -> Iterator[RequestEvent]:
        for action in _DONE_TO_A_PART:
            yield RequestEvent(
                request_id=self.request.id,
                assignment_id=part.id,
                action=action,
                actor_id=member.person_id,
                organisation_id=member.organisation_id,
                from_state=part.state,
                to_state=part.state,
                reason="no_capacity",
                message=f"Dit par {MARKER}",
            )

    def stand(self, states: Iterable[A], closed: R | None = None) -> None:
        """The others' parts in these states, and the request in what they make of it."""
        with transaction() as session:
            for part, state in zip(self.others, states, strict=True):
                part.state = state
            parts = [self.own, *(one.state for one in self.others)]
            self.request.state = closed or derive_state(R.TO_ROUTE, parts)
            session.add_all([self.request, *self.others])


def plain(text: str) -> str:
    """What is read, without what differs from one visit to the next."""
    return html.unescape(
        re.sub(r'((?:csrf_token|once)"[^>]*value="|nonce="|/par-courriel/|/moins-souvent/)[^"\s]+', "", text)
    )


def check_apart(texts: Mapping[Any, str], where: str) -> None:
    first = next(iter(texts.values()))
    for states, text in texts.items():
        assert MARKER not in text, f"{where} beside {states}"
        lines = zip(first.splitlines(), text.splitlines(), strict=False)
        differing = [pair for pair in lines if pair[0] != pair[1]][:3]
        assert text == first, f"{where}: {states} are told apart by {differing}"


@pytest.mark.parametrize("own", STATES)
def test_a_page_is_the_same_whatever_the_other_partners_do(
    make: Builder, world: World, browse: Browse, own: A
) -> None:
    case, browser, texts = Case(make, world, own), browse(world.practitioner), {}
    for states in PAIRS:
        case.stand(states)
        texts[states] = plain(browser.get(page_of(case.request)).text)
    check_apart(texts, f"the page of a request {own}")
    assert "Compagnie Bêta, Compagnie Gamma" in next(iter(texts.values())), "that they were asked is said"


@pytest.mark.parametrize("own", sorted(ENDED))
@pytest.mark.parametrize("closed", sorted(SET_REQUESTS))
def test_a_closed_page_is_the_same_whatever_the_other_partners_did(
    make: Builder, world: World, browse: Browse, own: A, closed: R
) -> None:
    case, browser, texts = Case(make, world, own), browse(world.practitioner), {}
    for states in itertools.product(ENDED, (A.COMPLETED, A.CANCELLED)):
        case.stand(states, closed)
        texts[states] = plain(browser.get(page_of(case.request)).text)
    check_apart(texts, f"the page of a request {closed}, {own}")


@pytest.mark.parametrize("own", STATES)
def test_lists_and_home_are_the_same_whatever_the_other_partners_do(
    make: Builder, world: World, browse: Browse, own: A
) -> None:
    case, browser = Case(make, world, own), browse(world.practitioner)
    lists = ["/", "/demandes", "/demandes?dossier=toutes", "/demandes?dossier=toutes&recherche=Beta"]
    texts: dict[str, dict[Any, str]] = {path: {} for path in lists}
    for states in zip(STATES, [*STATES[3:], *STATES[:3]], strict=True):
        case.stand(states)
        for path in lists:
            texts[path][states] = plain(browser.get(path).text)
    for path, read in texts.items():
        check_apart(read, path)
    searched = browser.get(f"/demandes?dossier=toutes&recherche={MARKER}").text
    assert case.request.reference not in searched, "nobody else's people are found"


@pytest.mark.parametrize("own", STATES)
def test_refusals_are_the_same_whatever_the_other_partners_do(
    make: Builder, world: World, browse: Browse, own: A
) -> None:
    """Each beside what is open, and beside one of what has ended in its turn."""
    case, browser = Case(make, world, own), browse(world.manager)
    said, turn = {"message": "Bonjour", "reason": "other"}, itertools.cycle(FEW[1:])
    for action in PATHS:
        if action not in OF_ASSIGNMENTS or not action.why_not(own):
            continue
        texts = {}
        for states in (FEW[0], next(turn)):
            case.stand(states)
            answer = browser.post(page_of(case.request, case.mine, PATHS[action]), said)
            texts[states] = f"{answer.status_code} {plain(answer.text)}"
        check_apart(texts, f"{action.name} refused to {own}")


_TOLD = [
    action
    for action in (*OF_REQUESTS, *OF_ASSIGNMENTS)
    if {Audience.PARTNER, Audience.PARTNERS} & action.tells
    and action is not steps.MOVE  # of all it has, at once
    and action is not steps.LEAD  # of those who chose to know each other
]


@pytest.mark.parametrize("action", _TOLD, ids=str)
def test_an_e_mail_to_a_partner_is_the_same_whatever_the_others_do(
    make: Builder, world: World, action: Step[Any]
) -> None:
    texts = {}
    for states in FEW if action not in SET_BY else [one for one in FEW if one != (A.COMPLETED, A.COMPLETED)]:
        case = Case(make, world, _start(action))
        case.stand(states)
        _forget(case.mine if action is steps.ROUTE else None)
        with transaction():
            _do(action, case)
        ours = {world.practitioner.person.email, world.manager.person.email}
        rows = db.session.scalars(select(OutboxEmail).where(OutboxEmail.recipient.in_(ours)))
        read = sorted(f"{one.recipient}\n{one.subject}\n{one.text}\n{one.html}" for one in rows)
        assert read
        texts[states] = plain("\n".join(read)).replace(case.request.reference, "")
    check_apart(texts, f"the e-mail of {action.name}")


SET_BY = {steps.WITHDRAW, steps.DROP}


def _forget(part: Assignment | None) -> None:
    """Nothing was written yet, and a partner to be asked was not asked."""
    with transaction() as session:
        session.execute(delete(OutboxEmail))
        if part is not None:
            session.execute(delete(Assignment).where(Assignment.id == part.id))


def _start(action: Step[Any]) -> A:
    return sorted(action.sources)[0] if action in OF_ASSIGNMENTS else A.PROPOSED


def _do(action: Step[Any], case: Case) -> None:
    world = case.world
    doers = {
        steps.WITHDRAW: world.coordinator,
        steps.ANSWER: world.coordinator,
        steps.REOPEN: world.coordinator,
        steps.ADD_INFORMATION: world.coordinator,
        steps.REMIND: world.coordinator,
        steps.THANK: world.coordinator,
        steps.ACCEPT: world.practitioner,
        steps.TAKE: world.practitioner,
        steps.GO_ON: world.practitioner,
        steps.ASSIGN: world.manager,
        steps.CHANGE_REFERENT: world.manager,
    }
    actor = None if action is steps.EXPIRE else actor_of(doers.get(action, world.cell))
    referent = world.practitioner if action in {steps.ASSIGN, steps.CHANGE_REFERENT} else world.manager
    for name, value in values_for(action).items():
        setattr(case.mine, name, value)
    db.session.flush()
    said = Details("no_partner", "Voici.", referent.person_id, [world.partner.id])
    if action is steps.EXPIRE:
        case.mine.proposed_at = days_ago(40)
        assert assignments.expire_unanswered(case.request.id)
    else:
        DO[action](actor, case.request.reference, *([case.mine.id] if action in OF_ASSIGNMENTS else []), said)


def test_whose_an_assignment_is_has_one_answer(make: Builder, world: World) -> None:
    """Of a request they read, in Python and in SQL."""
    case = Case(make, world, A.ACCEPTED)
    everybody = [actor_of(one) for one in world if isinstance(one, Membership)]
    for actor in [*everybody, None]:
        found = set(db.session.scalars(select(Assignment.id).where(queries.owned_by(actor))))
        assert found == {one.id for one in (case.mine, *case.others) if queries.is_own(actor, one)}
        assert len(found) == (1 if actor and actor.is_partner else 3)
