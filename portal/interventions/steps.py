"""The life of an intervention, and its measures. No Flask, no database."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from portal.refusals import Conflict
from portal.requests.steps import Action, AssignmentState

MINUTES_PER_DAY = 7 * 60
STEP_MINUTES = 15
LONGEST_MINUTES = 24 * 60


class InterventionState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CALLED_OFF = "called_off"


class Place(StrEnum):
    ON_SITE = "on_site"
    REMOTE = "remote"


# What each action makes of the intervention it is about; None: there was none before.
CHANGES: Mapping[Action, Mapping[InterventionState | None, InterventionState]] = MappingProxyType(
    {
        Action.PLAN: {None: InterventionState.PLANNED},
        Action.LOG: {None: InterventionState.DONE, InterventionState.PLANNED: InterventionState.DONE},
        Action.CORRECT: {
            InterventionState.PLANNED: InterventionState.PLANNED,
            InterventionState.DONE: InterventionState.DONE,
        },
        Action.CALL_OFF: {
            InterventionState.PLANNED: InterventionState.CALLED_OFF,
            InterventionState.DONE: InterventionState.CALLED_OFF,
        },
    }
)


class InterventionRefused(Conflict):
    """The action is not possible on an intervention in this state."""

    def __init__(self, action: Action, state: InterventionState | None) -> None:
        super().__init__(f"{action} refused: intervention {state}")
        self.action = action
        self.state = state


def after(state: InterventionState | None, action: Action) -> InterventionState:
    """The state an action leads to, or InterventionRefused."""
    try:
        return CHANGES[action][state]
    except KeyError:
        raise InterventionRefused(action, state) from None


def standing(assignment: AssignmentState, state: InterventionState) -> AssignmentState:
    """The state of its assignment that counts: a date held when that was completed may still be logged or moved."""
    held = assignment is AssignmentState.COMPLETED and state is InterventionState.PLANNED
    return AssignmentState.ACCEPTED if held else assignment


def open_actions(state: InterventionState) -> list[Action]:
    """What can be done to an intervention in this state."""
    return [action for action, moves in CHANGES.items() if state in moves]


def support_days(minutes: int) -> float:
    """Minutes as support days: 7 hours make one."""
    return minutes / MINUTES_PER_DAY
