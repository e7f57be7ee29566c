"""What happens between poles that ask together, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.interventions import steps as interventions
from portal.joint import steps
from portal.joint.rules import MOST_TIMES
from portal.joint.steps import AskedOften, JointState
from portal.refusals import Conflict
from portal.requests import steps as requests
from portal.requests.refused import words as refused_words
from portal.steps import StepRefused, Words
from portal.web.tags import Tag

STATES: Mapping[JointState, Tag] = {
    JointState.INVITED: Tag(_l("Has not answered yet"), "warning", "hourglass-split"),
    JointState.JOINED: Tag(_l("Takes part"), "success", "check-circle"),
    JointState.REFUSED: Tag(_l("Refused"), "neutral", "x-circle"),
    JointState.LEFT: Tag(_l("No longer takes part"), "neutral", "box-arrow-right"),
    JointState.LAPSED: Tag(_l("Did not answer"), "neutral", "clock-history"),
    JointState.TAKEN_BACK: Tag(_l("Taken back"), "neutral", "slash-circle"),
}

STEPS: Mapping[str, Words] = {
    steps.INVITE.name: Words(
        happened=_l("%(partner)s was invited to join"),
        icon="people",
        button=_l("Invite this pole"),
        done=_l("The pole is invited. Its coordinators get an e-mail."),
    ),
    steps.JOIN.name: Words(
        happened=_l("Joined the request"),
        icon="people",
        tone="success",
        button=_l("Join this request"),
        explains=_l(
            "Your pole takes part, and reads on this page what becomes of it. It can leave later on."
        ),
        done=_l("Your pole has joined this request."),
    ),
    steps.REFUSE.name: Words(
        happened=_l("%(partner)s does not take part"),
        icon="x-circle",
        button=_l("Do not take part"),
        explains=_l("The pole that asks is told, and your pole reads nothing more of this request."),
        done=_l("The pole that asks is told that yours does not take part."),
    ),
    steps.LEAVE.name: Words(
        happened=_l("Left the request"),
        icon="box-arrow-right",
        tone="warning",
        button=_l("Leave this request"),
        explains=_l(
            "Your pole no longer takes part, and reads nothing more of this request. It goes on for all others."
        ),
        done=_l("Your pole has left this request. It goes on for all others."),
    ),
    steps.SHUT_OUT.name: Words(
        happened=_l("%(partner)s no longer takes part: taken back"),
        icon="slash-circle",
        tone="warning",
        button=_l("Take back"),
        done=_l("It is taken back: this pole reads nothing more of the request."),
    ),
    steps.LAPSE.name: Words(
        happened=_l("%(partner)s did not answer: the invitation is over"),
        icon="clock-history",
        tone="warning",
    ),
}
"""%(partner)s is the other pole."""

CHANGES: Mapping[str, Any] = {
    requests.ACCEPT.name: _l("a partner has accepted the request"),
    requests.COMPLETE.name: _l("the support is completed"),
    requests.REOPEN.name: _l("the support goes on again"),
    requests.WITHDRAW.name: _l("the pole that asked has withdrawn its request"),
    requests.DROP.name: _l("nothing more is done on the request"),
    requests.MOVE.name: _l("another pole takes the request over"),
    interventions.PLAN.name: _l("a date is planned"),
    interventions.CORRECT.name: _l("a date has moved"),
    interventions.CALL_OFF.name: _l("a date is cancelled"),
}
"""What poles that joined are told of."""

_NOW: Mapping[JointState, Any] = {
    JointState.INVITED: _l("This pole is invited and has not answered yet."),
    JointState.JOINED: _l("This pole has already joined."),
    JointState.REFUSED: _l("This pole has already refused."),
    JointState.LEFT: _l("This pole has already left."),
    JointState.LAPSED: _l("The time to answer is over. The pole that asks may invite yours again."),
    JointState.TAKEN_BACK: _l("The invitation was taken back."),
}


TO_ANSWER = Tag(_l("Your pole is invited"), "warning", "hourglass-split")


def poles_in_all(count: int) -> str:
    """How many take part, the one that asks included; never which."""
    return ngettext("%(num)d pole takes part", "%(num)d poles take part", count)


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why something cannot be done now: where things stand."""
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, JointState):
        return str(_NOW[refusal.state])
    if isinstance(refusal, AskedOften):
        return str(_l("This pole was invited %(count)d times already: call it.", count=MOST_TIMES))
    return refused_words.refusal_sentence(refusal)
