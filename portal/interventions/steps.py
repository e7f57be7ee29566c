"""The life of an intervention. No Flask, no database."""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.interventions.confirmation.steps import ConfirmationState, locks
from portal.requests.steps import AssignmentState, RequestState, why_closed
from portal.steps import Audience, Step, StepRefused

STEP_MINUTES = 15
LONGEST_MINUTES = 24 * 60


class InterventionState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    POLE_ABSENT = "pole_absent"
    CALLED_OFF = "called_off"


class Place(StrEnum):
    ON_SITE = "on_site"
    REMOTE = "remote"


_P, _S = Permission, InterventionState
_TOLD = {Audience.POLE, Audience.PRACTITIONERS}
Moves = Step[InterventionState | None]

PLAN: Moves = Step("plan", _P.INTERVENTION_LOG, {None}, _S.PLANNED, _TOLD)
LOG: Moves = Step("log", _P.INTERVENTION_LOG, {None, _S.PLANNED}, _S.DONE, _TOLD)
MISS: Moves = Step("miss", _P.INTERVENTION_LOG, {_S.PLANNED}, _S.POLE_ABSENT, {Audience.POLE})
CORRECT: Moves = Step("correct", _P.INTERVENTION_LOG, {_S.PLANNED, _S.DONE}, None, _TOLD)
CALL_OFF: Moves = Step(
    "call_off", _P.INTERVENTION_LOG, {_S.PLANNED, _S.DONE, _S.POLE_ABSENT}, _S.CALLED_OFF, _TOLD
)
CORRECT_LATER: Moves = Step(
    "correct_later", _P.REQUEST_ROUTE, {_S.DONE}, None, {Audience.POLE, Audience.PARTNER}
)
OF_INTERVENTIONS = (PLAN, LOG, MISS, CORRECT, CALL_OFF, CORRECT_LATER)
"""What happens to an intervention, from None where there was none before. MISS: people came and the pole did not.
CORRECT_LATER: the cell does it, once its partner no longer may."""

NEVER_REFUSED = frozenset({LOG, MISS})
"""What tells what happened: it is noted whatever became of the request since, and flagged."""
CORRECTING = frozenset({CORRECT, CALL_OFF, CORRECT_LATER})
"""What corrects what was noted, whatever became of the request since; who may is in `corrections.rules`."""
_HAS_WORKED = frozenset(
    {
        AssignmentState.ACCEPTED,
        AssignmentState.COMPLETED,
        AssignmentState.HANDED_BACK,
        AssignmentState.CANCELLED,
    }
)


class Outcome(StrEnum):
    """What became of a planned date: whether it took place."""

    AS_PLANNED = "as_planned"
    WITH_CHANGES = "with_changes"
    POLE_ABSENT = "pole_absent"
    CALLED_OFF = "called_off"


TOLD_BY = {
    Outcome.AS_PLANNED: LOG,
    Outcome.WITH_CHANGES: LOG,
    Outcome.POLE_ABSENT: MISS,
    Outcome.CALLED_OFF: CALL_OFF,
}
"""The step that writes each down."""


def may_have_worked(assignment: AssignmentState, *, has_accepted: bool) -> bool:
    """Can there be work to tell of: was it accepted, whatever became of it since?"""
    return assignment in _HAS_WORKED and (assignment is not AssignmentState.CANCELLED or has_accepted)


def why_not(
    step: Moves,
    request: RequestState,
    assignment: AssignmentState,
    state: InterventionState | None,
    confirmation: ConfirmationState | None = None,
    *,
    has_accepted: bool = False,
) -> StepRefused | None:
    """What refuses a step: a partner works on what it has accepted, and once it has completed that, on dates then
    still planned; what was done is told and corrected even later, and what the pole has confirmed is locked.
    `has_accepted`: it had, before it was cancelled."""
    has_worked = may_have_worked(assignment, has_accepted=has_accepted)
    if step in NEVER_REFUSED and has_worked:
        return step.why_not(state)
    if locks(confirmation):
        return StepRefused(step, confirmation)
    if step in CORRECTING and state is InterventionState.DONE and has_worked:
        return step.why_not(state)
    if refused := why_closed(step, request):
        return refused
    held = assignment is AssignmentState.COMPLETED and state is InterventionState.PLANNED
    if assignment is AssignmentState.ACCEPTED or held:
        return step.why_not(state)
    return StepRefused(step, assignment)
