"""The life of some dates that a partner proposes. No Flask, no database."""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.refusals import Conflict
from portal.requests.steps import AssignmentState, RequestState, why_closed
from portal.steps import Audience, Step, StepRefused


class ProposalState(StrEnum):
    """That all its dates have passed, or that its request has ended, is read from these."""

    OPEN = "open"
    OTHERS_ASKED = "others_asked"
    PICKED = "picked"
    TAKEN_BACK = "taken_back"
    REPLACED = "replaced"


_P, _S = Permission, ProposalState
_POLE, _PARTNER, _PRACTITIONERS = Audience.POLE, Audience.PARTNER, Audience.PRACTITIONERS
Moves = Step[ProposalState | None]

LIVE = frozenset({_S.OPEN, _S.OTHERS_ASKED})
"""What somebody still has to do something about; an assignment has one of these at most."""

PROPOSE: Moves = Step("propose_dates", _P.INTERVENTION_LOG, {None, *LIVE}, _S.OPEN, {_POLE, _PRACTITIONERS})
PICK: Moves = Step("pick_date", _P.REQUEST_ANSWER, {_S.OPEN}, _S.PICKED, {_PARTNER})
ASK_OTHERS: Moves = Step(
    "ask_other_dates", _P.REQUEST_ANSWER, {_S.OPEN}, _S.OTHERS_ASKED, {_PARTNER, _PRACTITIONERS}
)
TAKE_BACK: Moves = Step("take_dates_back", _P.INTERVENTION_LOG, LIVE, _S.TAKEN_BACK, {_POLE, _PRACTITIONERS})
OF_PROPOSALS = (PROPOSE, PICK, ASK_OTHERS, TAKE_BACK)
"""What happens to dates that are proposed; picking one plans an intervention as well."""


class DatePassed(Conflict):
    """The hour that was picked has come."""


class NobodyComes(Conflict):
    """Nobody who was to come is still of the partner's team."""


def why_not(
    step: Moves, request: RequestState, assignment: AssignmentState, state: ProposalState | None
) -> StepRefused | None:
    """What refuses a step: a partner agrees on dates for what it has accepted, and no longer once that has ended."""
    if refused := why_closed(step, request):
        return refused
    if assignment is not AssignmentState.ACCEPTED:
        return StepRefused(step, assignment)
    return step.why_not(state)
