"""How other poles join a request, and leave it. No Flask, no database."""

from enum import StrEnum

from portal.access.permissions import Permission
from portal.refusals import Conflict
from portal.requests.steps import OPEN_REQUESTS, RequestState
from portal.steps import Audience, Step, StepRefused


class JointState(StrEnum):
    INVITED = "invited"
    JOINED = "joined"
    REFUSED = "refused"
    LEFT = "left"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"


_P, _J = Permission, JointState
_POLE, _OTHER, _PARTNERS = Audience.POLE, Audience.OTHER_POLE, Audience.PARTNERS

LIVE = frozenset({_J.INVITED, _J.JOINED})
OVER = frozenset(_J) - LIVE
_AGAIN = "the pole that asks may invite it again"

INVITE = Step("invite", _P.REQUEST_SUBMIT, OVER, _J.INVITED, {_OTHER})
JOIN = Step(
    "join",
    _P.REQUEST_SUBMIT,
    {_J.INVITED},
    _J.JOINED,
    {_POLE, _PARTNERS},
    stays="who joined may leave at any time",
)
REFUSE = Step("refuse", _P.REQUEST_SUBMIT, {_J.INVITED}, _J.REFUSED, {_POLE}, stays=_AGAIN)
LEAVE = Step("leave", _P.REQUEST_SUBMIT, {_J.JOINED}, _J.LEFT, {_POLE, _PARTNERS}, stays=_AGAIN)
SHUT_OUT = Step("shut_out", _P.REQUEST_SUBMIT, LIVE, _J.TAKEN_BACK, {_OTHER}, stays=_AGAIN)
LAPSE = Step(
    "lapse",
    _P.SYSTEM_RUN,
    {_J.INVITED},
    _J.LAPSED,
    {_POLE},
    stays="the portal does it: nobody regrets it",
)
OF_JOINT_POLES = (INVITE, JOIN, REFUSE, LEAVE, SHUT_OUT, LAPSE)
"""What happens between the pole that asks and another."""

BETWEEN_POLES = frozenset({INVITE, REFUSE, SHUT_OUT, LAPSE})
"""What partners and cells do not read of it: they know the poles that joined."""
_WHILE_OPEN = frozenset({INVITE, JOIN, REFUSE})


class AskedOften(Conflict):
    """It was invited to this request as often as is polite."""


def why_not(step: Step[JointState], request: RequestState, state: JointState | None) -> Conflict | None:
    """What refuses a step on a pole in this state; None: it was never invited. Nobody comes to a closed request."""
    if step in _WHILE_OPEN and request not in OPEN_REQUESTS:
        return StepRefused(step, request)
    return step.why_not(state) if state else None
