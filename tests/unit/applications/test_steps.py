"""The table of what can happen to an application."""

from collections.abc import Collection

import pytest

from portal.access.permissions import ROLE_PERMISSIONS, Permission
from portal.access.roles import Role
from portal.applications import steps
from portal.applications.steps import (
    CLOSED,
    DECIDED,
    EDITABLE,
    OF_APPLICATIONS,
    OF_THE_APPLICANT,
    OPEN,
    WAITING_FOR_US,
    NotWritable,
    State,
)
from portal.steps import Step

REGIONAL, NATIONAL = ROLE_PERMISSIONS[Role.REGIONAL_ADMIN], ROLE_PERMISSIONS[Role.NATIONAL_ADMIN]


def open_steps(rights: Collection[Permission], state: State) -> set[Step[State]]:
    return {step for step in OF_APPLICATIONS if steps.why_not(step, state, rights) is None}


def test_every_step_is_in_the_table_and_every_state_in_one_family() -> None:
    assert {one for one in vars(steps).values() if isinstance(one, Step)} == set(OF_APPLICATIONS)
    assert {State.DRAFT} | OPEN | CLOSED == set(State)
    assert not OPEN & CLOSED
    assert WAITING_FOR_US < OPEN
    assert DECIDED < CLOSED


@pytest.mark.parametrize(
    ("rights", "state", "possible"),
    [
        (OF_THE_APPLICANT, State.DRAFT, {steps.SUBMIT}),
        (OF_THE_APPLICANT, State.SUBMITTED, {steps.WITHDRAW}),
        (OF_THE_APPLICANT, State.ADVISED, {steps.WITHDRAW}),
        (OF_THE_APPLICANT, State.MORE_WANTED, {steps.ANSWER, steps.WITHDRAW}),
        (REGIONAL, State.DRAFT, set()),
        (REGIONAL, State.SUBMITTED, {steps.ADVISE, steps.ASK}),
        (REGIONAL, State.ADVISED, set()),
        (REGIONAL, State.MORE_WANTED, set()),
        (NATIONAL, State.SUBMITTED, {steps.ADVISE, steps.ASK}),
        (NATIONAL, State.ADVISED, {steps.ASK, steps.ADMIT, steps.REFUSE}),
        (NATIONAL, State.MORE_WANTED, set()),
    ],
)
def test_who_can_do_what_where(rights, state: State, possible: set[Step[State]]) -> None:
    assert open_steps(rights, state) == possible


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_nothing_happens_to_what_is_closed(state: State) -> None:
    for rights in (OF_THE_APPLICANT, REGIONAL, NATIONAL):
        assert not open_steps(rights, state)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN}]
)
def test_others_can_do_nothing(role: Role) -> None:
    for state in State:
        assert not open_steps(ROLE_PERMISSIONS[role], state)


@pytest.mark.parametrize(
    ("step", "has_opinion", "state"),
    [
        (steps.SUBMIT, False, State.SUBMITTED),
        (steps.ADVISE, True, State.ADVISED),
        (steps.ANSWER, False, State.SUBMITTED),
        (steps.ANSWER, True, State.ADVISED),
        (steps.ADMIT, True, State.ADMITTED),
    ],
)
def test_where_a_step_leads(step: Step[State], has_opinion: bool, state: State) -> None:
    assert steps.after(step, has_opinion=has_opinion) is state


def test_the_applicant_writes_until_it_is_sent_and_when_asked() -> None:
    assert {State.DRAFT, State.MORE_WANTED} == EDITABLE
    for state in set(State) - EDITABLE:
        with pytest.raises(NotWritable):
            steps.require_editable(state)


def test_whose_each_step_is() -> None:
    """No role has the right of the applicant: a mailed link alone gives it."""
    assert {step: step.right for step in OF_APPLICATIONS} == {
        steps.SUBMIT: Permission.APPLICATION_WRITE,
        steps.ANSWER: Permission.APPLICATION_WRITE,
        steps.WITHDRAW: Permission.APPLICATION_WRITE,
        steps.ADVISE: Permission.APPLICATION_ADVISE,
        steps.ASK: Permission.APPLICATION_ADVISE,
        steps.ADMIT: Permission.APPLICATION_DECIDE,
        steps.REFUSE: Permission.APPLICATION_DECIDE,
    }
    for rights in ROLE_PERMISSIONS.values():
        assert not rights & OF_THE_APPLICANT
