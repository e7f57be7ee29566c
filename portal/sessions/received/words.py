"""What poles received at sessions, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.interventions.confirmation import steps
from portal.interventions.confirmation import words as confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.confirmation.words import STATES, length_of_time
from portal.refusals import Conflict
from portal.requests.refused import words as refused
from portal.requests.undo.rules import NotTakenBack
from portal.steps import Step, StepRefused, Words

WORDS: Mapping[Step[ConfirmationState], Words] = {
    steps.CONFIRM: Words(
        happened=_l("Session confirmed by the pole"),
        icon="check-circle",
        tone="success",
        button=_l("Confirm what is counted"),
        explains=_l(
            "Once confirmed, it counts as it is written: your cell alone changes it then, and tells you why."
        ),
        done=_l("It is confirmed: it counts as it is written."),
    ),
    steps.CONTEST: Words(
        happened=_l("Session contested by the pole"),
        icon="exclamation-triangle",
        tone="warning",
        button=_l("Contest what is counted"),
        explains=_l("The partner is told, and your cell decides between the two versions."),
        done=_l("The partner and your cell are told. Your cell decides."),
    ),
    steps.SETTLE: Words(
        happened=_l("The cell decided on a session"),
        icon="check2-all",
        button=_l("Settle what the pole contests"),
        explains=_l("What you decide counts for this pole alone."),
        done=_l("It is decided. The pole and the partner are told."),
    ),
}
BY_MAIL: Mapping[Step[ConfirmationState], str] = {
    steps.CONFIRM: "session.confirm",
    steps.CONTEST: "session.contest",
}
"""What links of e-mails say that is done: other than the same step on an intervention of a request."""
WHAT_IS_COUNTED = _l("What is counted for your pole")
TAKEN_BACK = _l("It is taken back: it waits for the word of your pole again.")
_NOW: Mapping[ConfirmationState, Any] = {
    ConfirmationState.WAITING: _l("The pole has not said yet whether it agrees."),
    ConfirmationState.CONFIRMED: _l("Your pole has confirmed this already."),
    ConfirmationState.SILENT: _l(
        "This is confirmed, since your pole was told and said nothing. Your cell alone changes it: write to it."
    ),
    ConfirmationState.CONTESTED: _l("The pole contests this: the cell decides."),
    ConfirmationState.SETTLED: _l("The cell has decided on this."),
}


def state(received: Any) -> Any:
    """Where it stands, as a tag."""
    return STATES[received.confirmation.state]


def line(received: Any) -> str:
    """Until when, or by whom and when."""
    return confirmation.line(received, received.pole.place)


def since(received: Any) -> str:
    """The same, but that it waits: as who is not of the pole reads it, where nothing was asked about its e-mails."""
    is_known = received.until is not None or received.confirmation.state is not ConfirmationState.WAITING
    return line(received) if is_known else ""


def counts(received: Any) -> str:
    """How long it counts for the pole."""
    return length_of_time(received.minutes)


def of_its_own(received: Any) -> str:
    """How long it lasted, where it counts otherwise for the pole."""
    if received.minutes == received.logged:
        return ""
    return _("The session lasted %(length)s.", length=length_of_time(received.logged))


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why it cannot be said now."""
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, ConfirmationState):
        return str(_NOW[refusal.state])
    if isinstance(refusal, NotTakenBack):
        return _("Two minutes are over, or the cell has acted since: write to your cell.")
    return refused.refusal_sentence(refusal)
