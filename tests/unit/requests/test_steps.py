"""The table of transitions, every state against every action."""

from datetime import date, timedelta
from itertools import product

import pytest

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.requests import steps
from portal.requests.steps import (
    LIVE_ASSIGNMENTS,
    TRANSITIONS,
    Action,
    AssignmentState,
    RequestState,
    TransitionRefused,
    derive_state,
)

A, R = AssignmentState, RequestState
OPEN = {R.TO_ROUTE, R.PROPOSED, R.ACCEPTED}

# What design says is possible, written out a second time by hand: request states, and assignment states or None.
EXPECTED = {
    Action.SUBMIT: ({R.DRAFT}, None),
    Action.ROUTE: (OPEN, None),
    Action.WITHDRAW: (OPEN, None),
    Action.DROP: (OPEN, None),
    Action.ACCEPT: (OPEN | {R.COMPLETED}, {A.PROPOSED, A.ON_HOLD}),
    Action.DECLINE: (OPEN | {R.COMPLETED}, {A.PROPOSED, A.ON_HOLD}),
    Action.ASK: (OPEN | {R.COMPLETED}, {A.PROPOSED}),
    Action.ANSWER: (OPEN | {R.COMPLETED}, {A.ON_HOLD}),
    Action.CHANGE_REFERENT: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.CHANGE_CONTACT: (OPEN | {R.DRAFT}, None),
    Action.MOVE: (OPEN | {R.DRAFT}, None),
    Action.HAND_BACK: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.COMPLETE: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.REOPEN: (OPEN | {R.COMPLETED}, {A.COMPLETED}),
    Action.CANCEL: (OPEN | {R.COMPLETED}, {A.PROPOSED, A.ON_HOLD, A.ACCEPTED}),
    Action.EXPIRE: (OPEN | {R.COMPLETED}, {A.PROPOSED}),
    Action.PLAN: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.LOG: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.CORRECT: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
    Action.CALL_OFF: (OPEN | {R.COMPLETED}, {A.ACCEPTED}),
}


def test_every_action_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Action) == set(EXPECTED)


def refusal(
    action: Action, request: RequestState, assignment: AssignmentState | None
) -> TransitionRefused | None:
    try:
        steps.require_possible(action, request, assignment)
    except TransitionRefused as refused:
        return refused
    return None


def test_every_state_and_action_is_allowed_or_refused() -> None:
    wrong = [
        (action, request, assignment)
        for action, request, assignment in product(Action, RequestState, [None, *AssignmentState])
        for requests, assignments in [EXPECTED[action]]
        if (refusal(action, request, assignment) is None)
        is not (request in requests and assignment in (assignments or {None}))
    ]
    assert not wrong, f"Not as the design says (action, request, assignment): {wrong}"


def test_a_refusal_says_what_was_wanted_and_where_it_stood() -> None:
    refused = refusal(Action.ACCEPT, R.WITHDRAWN, A.CANCELLED)
    assert refused is not None
    assert (refused.action, refused.request_state) == (Action.ACCEPT, R.WITHDRAWN)


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
    assert {
        TRANSITIONS[one].permission for one in (Action.ACCEPT, Action.DECLINE, Action.COMPLETE)
    } <= partner - pole
    assert {
        TRANSITIONS[one].permission for one in (Action.ANSWER, Action.WITHDRAW, Action.SUBMIT)
    } <= pole - partner
    for permissions in ROLE_PERMISSIONS.values():
        assert Permission.SYSTEM_RUN not in permissions


def test_a_member_reads_and_drafts_only() -> None:
    rights = ROLE_PERMISSIONS[Role.MEMBER]
    for state in RequestState:
        assert steps.open_actions(rights, state) == []
    for state, assignment in product(RequestState, AssignmentState):
        assert steps.open_actions(rights, state, assignment) == []


def test_open_actions_are_those_of_the_table_and_of_the_rights() -> None:
    partner = ROLE_PERMISSIONS[Role.PRACTITIONER]
    assert steps.open_actions(partner, R.PROPOSED, A.PROPOSED) == [
        Action.ACCEPT,
        Action.DECLINE,
        Action.ASK,
    ]
    assert steps.open_actions(partner, R.WITHDRAWN, A.CANCELLED) == []


def test_closing_leaves_nothing_live() -> None:
    assert {A.PROPOSED, A.ON_HOLD, A.ACCEPTED} == LIVE_ASSIGNMENTS


def test_reopening_is_open_for_thirty_days() -> None:
    completed = date(2026, 3, 1)
    assert steps.can_still_reopen(completed, completed + timedelta(days=30))
    assert not steps.can_still_reopen(completed, completed + timedelta(days=31))
