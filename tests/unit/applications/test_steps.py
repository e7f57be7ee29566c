"""The table of what can happen to an application."""

import pytest

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.applications import steps
from portal.applications.steps import (
    CLOSED,
    EDITABLE,
    OPEN,
    TRANSITIONS,
    WAITING_FOR_US,
    Action,
    OpinionIsRegional,
    State,
    TransitionRefused,
)

REGIONAL, NATIONAL = ROLE_PERMISSIONS[Role.REGIONAL_ADMIN], ROLE_PERMISSIONS[Role.NATIONAL_ADMIN]


def test_every_action_is_in_the_table_and_every_state_in_one_family() -> None:
    assert TRANSITIONS.keys() == set(Action)
    assert {State.DRAFT} | OPEN | CLOSED == set(State)
    assert not OPEN & CLOSED
    assert WAITING_FOR_US < OPEN


@pytest.mark.parametrize(
    ("rights", "state", "actions"),
    [
        (None, State.DRAFT, {Action.SUBMIT}),
        (None, State.SUBMITTED, {Action.WITHDRAW}),
        (None, State.ADVISED, {Action.WITHDRAW}),
        (None, State.MORE_WANTED, {Action.ANSWER, Action.WITHDRAW}),
        (REGIONAL, State.DRAFT, set()),
        (REGIONAL, State.SUBMITTED, {Action.ADVISE, Action.ASK}),
        (REGIONAL, State.ADVISED, set()),
        (REGIONAL, State.MORE_WANTED, set()),
        (NATIONAL, State.SUBMITTED, {Action.ADVISE, Action.ASK}),
        (NATIONAL, State.ADVISED, {Action.ASK, Action.ADMIT, Action.REFUSE}),
        (NATIONAL, State.MORE_WANTED, set()),
    ],
)
def test_who_can_do_what_where(rights, state: State, actions: set[Action]) -> None:
    assert set(steps.open_actions(rights, state)) == actions
    for action in Action:
        if action in actions:
            steps.require_possible(action, state, rights)
        else:
            with pytest.raises(TransitionRefused):
                steps.require_possible(action, state, rights)


@pytest.mark.parametrize("state", CLOSED)
def test_nothing_happens_to_what_is_closed(state: State) -> None:
    for rights in (None, REGIONAL, NATIONAL):
        assert steps.open_actions(rights, state) == []


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN}]
)
def test_others_can_do_nothing(role: Role) -> None:
    for state in State:
        assert steps.open_actions(ROLE_PERMISSIONS[role], state) == []


@pytest.mark.parametrize(
    ("action", "has_opinion", "state"),
    [
        (Action.SUBMIT, False, State.SUBMITTED),
        (Action.ADVISE, True, State.ADVISED),
        (Action.ANSWER, False, State.SUBMITTED),
        (Action.ANSWER, True, State.ADVISED),
        (Action.ADMIT, True, State.ADMITTED),
    ],
)
def test_where_a_step_leads(action: Action, has_opinion: bool, state: State) -> None:
    assert steps.after(action, has_opinion=has_opinion) is state


def test_the_applicant_writes_until_it_is_sent_and_when_asked() -> None:
    assert {State.DRAFT, State.MORE_WANTED} == EDITABLE
    for state in set(State) - EDITABLE:
        with pytest.raises(TransitionRefused):
            steps.require_editable(state)


@pytest.mark.parametrize("national", [True, False])
@pytest.mark.parametrize("region_has_cell", [True, False])
@pytest.mark.parametrize("late", [True, False])
def test_whose_the_opinion_is(national: bool, region_has_cell: bool, late: bool) -> None:
    wanted = {"national": national, "region_has_cell": region_has_cell, "late": late}
    if national and region_has_cell and not late:
        with pytest.raises(OpinionIsRegional):
            steps.require_opinion_due(**wanted)
    else:
        steps.require_opinion_due(**wanted)


def test_doors_ask_for_the_weakest_right_of_their_action() -> None:
    assert {action: move.door for action, move in TRANSITIONS.items()} == {
        Action.SUBMIT: None,
        Action.ANSWER: None,
        Action.WITHDRAW: None,
        Action.ADVISE: Permission.APPLICATION_ADVISE,
        Action.ASK: Permission.APPLICATION_ADVISE,
        Action.ADMIT: Permission.APPLICATION_DECIDE,
        Action.REFUSE: Permission.APPLICATION_DECIDE,
    }
