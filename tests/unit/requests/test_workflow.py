"""The table of transitions, every state against every action."""

from datetime import date, timedelta
from itertools import product

import pytest

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.requests import workflow
from portal.requests.workflow import (
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


@pytest.mark.parametrize(
    ("action", "request_state", "assignment_state"),
    list(product(Action, RequestState, [None, *AssignmentState])),
)
def test_every_state_and_action_is_allowed_or_refused(
    action: Action, request_state: RequestState, assignment_state: AssignmentState | None
) -> None:
    requests, assignments = EXPECTED[action]
    about = {None} if assignments is None else assignments
    if request_state in requests and assignment_state in about:
        workflow.require_possible(action, request_state, assignment_state)
    else:
        with pytest.raises(TransitionRefused) as refused:
            workflow.require_possible(action, request_state, assignment_state)
        assert refused.value.action is action
        assert refused.value.request_state is request_state


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
        assert workflow.open_actions(rights, state) == []
    for state, assignment in product(RequestState, AssignmentState):
        assert workflow.open_actions(rights, state, assignment) == []


def test_open_actions_are_those_of_the_table_and_of_the_rights() -> None:
    partner = ROLE_PERMISSIONS[Role.PRACTITIONER]
    assert workflow.open_actions(partner, R.PROPOSED, A.PROPOSED) == [
        Action.ACCEPT,
        Action.DECLINE,
        Action.ASK,
    ]
    assert workflow.open_actions(partner, R.WITHDRAWN, A.CANCELLED) == []


def test_closing_leaves_nothing_live() -> None:
    assert {A.PROPOSED, A.ON_HOLD, A.ACCEPTED} == LIVE_ASSIGNMENTS


def test_reopening_is_open_for_thirty_days() -> None:
    completed = date(2026, 3, 1)
    assert workflow.can_still_reopen(completed, completed + timedelta(days=30))
    assert not workflow.can_still_reopen(completed, completed + timedelta(days=31))
