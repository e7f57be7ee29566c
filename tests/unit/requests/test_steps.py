"""The two tables of steps, every state against every step."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.requests import steps
from portal.requests.steps import (
    LIVE_ASSIGNMENTS,
    OF_ASSIGNMENTS,
    OF_REQUESTS,
    AssignmentState,
    RequestState,
    derive_state,
)
from portal.steps import Step

A, R = AssignmentState, RequestState
OPEN = {R.TO_ROUTE, R.PROPOSED, R.ACCEPTED}

# What design says is possible, written out a second time by hand.
OF_A_REQUEST = {
    steps.SUBMIT: {R.DRAFT},
    steps.ROUTE: OPEN,
    steps.WITHDRAW: OPEN,
    steps.DROP: OPEN,
    steps.CHANGE_CONTACT: OPEN | {R.DRAFT},
    steps.MOVE: OPEN | {R.DRAFT},
    steps.ADD_INFORMATION: OPEN,
}
OF_AN_ASSIGNMENT = {
    steps.TAKE: {A.PROPOSED, A.ON_HOLD, A.ACCEPTED},
    steps.ASSIGN: {A.PROPOSED, A.ON_HOLD},
    steps.CHASE: {A.PROPOSED},
    steps.CHASE_ANSWER: {A.ON_HOLD},
    steps.ASK_NEWS: {A.ACCEPTED},
    steps.GO_ON: {A.ACCEPTED},
    steps.ACCEPT: {A.PROPOSED, A.ON_HOLD},
    steps.DECLINE: {A.PROPOSED, A.ON_HOLD},
    steps.ASK: {A.PROPOSED},
    steps.ANSWER: {A.ON_HOLD},
    steps.CHANGE_REFERENT: {A.ACCEPTED},
    steps.HAND_BACK: {A.ACCEPTED},
    steps.COMPLETE: {A.ACCEPTED},
    steps.REOPEN: {A.COMPLETED},
    steps.CANCEL: {A.PROPOSED, A.ON_HOLD, A.ACCEPTED},
    steps.EXPIRE: {A.PROPOSED},
    steps.REMIND: {A.PROPOSED},
    steps.THANK: {A.COMPLETED},
    steps.LEAD: {A.PROPOSED, A.ON_HOLD, A.ACCEPTED},
}


def test_every_step_is_in_its_table() -> None:
    declared = {one for one in vars(steps).values() if isinstance(one, Step)}
    assert set(OF_REQUESTS) == OF_A_REQUEST.keys()
    assert set(OF_ASSIGNMENTS) == OF_AN_ASSIGNMENT.keys()
    assert declared == {*OF_REQUESTS, *OF_ASSIGNMENTS, steps.UNDO}


def test_every_state_and_step_is_allowed_or_refused() -> None:
    wrong: list[tuple[Any, ...]] = [
        (step.name, state)
        for step, state in product(OF_REQUESTS, RequestState)
        if (step.why_not(state) is None) is not (state in OF_A_REQUEST[step])
    ]
    wrong += [
        (step.name, request, assignment)
        for step, request, assignment in product(OF_ASSIGNMENTS, RequestState, AssignmentState)
        for allowed in [request in OPEN | {R.COMPLETED} and assignment in OF_AN_ASSIGNMENT[step]]
        if (steps.why_not(step, request, assignment) is None) is not allowed
    ]
    assert not wrong, f"Not as the design says (step, request, assignment): {wrong}"


def test_a_refusal_says_what_was_wanted_and_where_it_stood() -> None:
    """Of a request that is withdrawn, that alone counts; else what the partner has done."""
    refused = steps.why_not(steps.ACCEPT, R.WITHDRAWN, A.CANCELLED)
    assert refused is not None
    assert (refused.step, refused.state) == (steps.ACCEPT, R.WITHDRAWN)
    assert isinstance(refused.state, RequestState)
    refused = steps.why_not(steps.ACCEPT, R.COMPLETED, A.COMPLETED)
    assert refused is not None
    assert isinstance(refused.state, AssignmentState)


@pytest.mark.parametrize(
    ("assignments", "derived"),
    [
        ([], R.TO_ROUTE),
        ([A.DECLINED], R.TO_ROUTE),
        ([A.DECLINED, A.EXPIRED, A.HANDED_BACK, A.CANCELLED], R.TO_ROUTE),
        ([A.PROPOSED], R.PROPOSED),
        ([A.ON_HOLD], R.PROPOSED),
        ([A.DECLINED, A.PROPOSED], R.PROPOSED),
        ([A.COMPLETED, A.PROPOSED], R.PROPOSED),
        ([A.ACCEPTED, A.PROPOSED], R.ACCEPTED),
        ([A.ACCEPTED, A.COMPLETED], R.ACCEPTED),
        ([A.COMPLETED], R.COMPLETED),
        ([A.COMPLETED, A.DECLINED], R.COMPLETED),
    ],
)
def test_the_state_of_a_request_follows_from_its_assignments(
    assignments: list[AssignmentState], derived: RequestState
) -> None:
    for current in OPEN:
        assert derive_state(current, assignments) is derived


@pytest.mark.parametrize("closed", [R.WITHDRAWN, R.DROPPED])
@pytest.mark.parametrize("assignment", list(A))
def test_withdrawn_and_dropped_stay(closed: RequestState, assignment: AssignmentState) -> None:
    assert derive_state(closed, [assignment]) is closed


def test_each_side_has_its_rights_alone() -> None:
    """A pole never decides for a partner, nor a partner for a pole; only the portal lets time run out."""
    pole, partner = ROLE_PERMISSIONS[Role.COORDINATOR], ROLE_PERMISSIONS[Role.PRACTITIONER]
    assert {one.right for one in (steps.ACCEPT, steps.DECLINE, steps.COMPLETE)} <= partner - pole
    assert {one.right for one in (steps.ANSWER, steps.WITHDRAW, steps.SUBMIT)} <= pole - partner
    for permissions in ROLE_PERMISSIONS.values():
        assert Permission.SYSTEM_RUN not in permissions


def test_a_member_reads_and_drafts_only() -> None:
    rights = ROLE_PERMISSIONS[Role.MEMBER]
    assert not [step.name for step in (*OF_REQUESTS, *OF_ASSIGNMENTS) if step.right in rights]


def test_closing_leaves_nothing_live() -> None:
    assert {A.PROPOSED, A.ON_HOLD, A.ACCEPTED} == LIVE_ASSIGNMENTS


def test_reopening_is_open_for_thirty_days() -> None:
    completed = date(2026, 3, 1)
    assert steps.can_still_reopen(completed, completed + timedelta(days=30))
    assert not steps.can_still_reopen(completed, completed + timedelta(days=31))
