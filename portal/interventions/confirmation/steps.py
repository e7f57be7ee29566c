"""What becomes of what was logged: confirmed, contested, adjusted. No Flask, no database."""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.refusals import Conflict
from portal.steps import Audience, Step


class ConfirmationState(StrEnum):
    """Of an intervention that is done. `SILENT`: the pole was told, and said nothing; `SETTLED`: the cell decided."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SILENT = "silent"
    CONTESTED = "contested"
    SETTLED = "settled"


class AdjustmentState(StrEnum):
    PROPOSED = "proposed"
    MADE = "made"
    REFUSED = "refused"


_P, _C = Permission, ConfirmationState
_POLE, _PARTNER, _CELL = Audience.POLE, Audience.PARTNER, Audience.CELL
LOCKED = frozenset({_C.CONFIRMED, _C.SILENT, _C.SETTLED})
"""What these hold counts, and changes by a dated adjustment alone."""

CONFIRM: Step[ConfirmationState] = Step("confirm", _P.REQUEST_ANSWER, {_C.WAITING}, _C.CONFIRMED)
CONTEST: Step[ConfirmationState] = Step(
    "contest", _P.REQUEST_ANSWER, {_C.WAITING}, _C.CONTESTED, {_PARTNER, _CELL}
)
LET_PASS: Step[ConfirmationState] = Step(
    "let_pass", _P.SYSTEM_RUN, {_C.WAITING}, _C.SILENT, stays="the portal does it: nobody regrets it"
)
SETTLE: Step[ConfirmationState] = Step(
    "settle", _P.REQUEST_ROUTE, {_C.CONTESTED}, _C.SETTLED, {_POLE, _PARTNER}
)
PROPOSE: Step[ConfirmationState] = Step("propose_adjustment", _P.INTERVENTION_LOG, LOCKED, None, {_CELL})
ADJUST: Step[ConfirmationState] = Step("adjust", _P.REQUEST_ROUTE, LOCKED, None, {_POLE, _PARTNER})
REFUSE: Step[ConfirmationState] = Step("refuse_adjustment", _P.REQUEST_ROUTE, LOCKED, None, {_PARTNER})
OF_CONFIRMATIONS = (CONFIRM, CONTEST, LET_PASS, SETTLE, PROPOSE, ADJUST, REFUSE)
"""What happens to an intervention once it is logged."""


class NothingAsked(Conflict):
    """Nothing of it waits for a word of the pole: it is not done, or is no more."""


class AlreadyProposed(Conflict):
    """An adjustment of it waits for the cell already."""


def locks(state: ConfirmationState | None) -> bool:
    """Does it keep an intervention as it stands? None: the pole was never asked."""
    return state in LOCKED
