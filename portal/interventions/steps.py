"""The life of an intervention. No Flask, no database."""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.requests.steps import AssignmentState, RequestState, why_closed
from portal.steps import Audience, Step, StepRefused

STEP_MINUTES = 15
LONGEST_MINUTES = 24 * 60


class InterventionState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CALLED_OFF = "called_off"


class Place(StrEnum):
    ON_SITE = "on_site"
    REMOTE = "remote"


_P, _S = Permission, InterventionState
_TOLD = {Audience.POLE, Audience.PRACTITIONERS}
Moves = Step[InterventionState | None]

PLAN: Moves = Step("plan", _P.INTERVENTION_LOG, {None}, _S.PLANNED, _TOLD)
LOG: Moves = Step("log", _P.INTERVENTION_LOG, {None, _S.PLANNED}, _S.DONE, _TOLD)
CORRECT: Moves = Step("correct", _P.INTERVENTION_LOG, {_S.PLANNED, _S.DONE}, None, _TOLD)
CALL_OFF: Moves = Step("call_off", _P.INTERVENTION_LOG, {_S.PLANNED, _S.DONE}, _S.CALLED_OFF, _TOLD)
OF_INTERVENTIONS = (PLAN, LOG, CORRECT, CALL_OFF)
"""What happens to an intervention, from None where there was none before."""


def why_not(
    step: Moves, request: RequestState, assignment: AssignmentState, state: InterventionState | None
) -> StepRefused | None:
    """What refuses a step: a partner works on what it has accepted, and once it has completed that, on dates then
    still planned."""
    if refused := why_closed(step, request):
        return refused
    held = assignment is AssignmentState.COMPLETED and state is InterventionState.PLANNED
    if assignment is AssignmentState.ACCEPTED or held:
        return step.why_not(state)
    return StepRefused(step, assignment)
