"""Why something cannot be done to a request now, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from portal.refusals import Conflict
from portal.requests.pairs.rules import LeadsAlready, LedByAnother, WorksAlone
from portal.requests.steps import (
    WORKING_DAYS_BEFORE_A_REMINDER,
    AlreadyReminded,
    AlreadyTaken,
    AlreadyThanked,
    Anonymised,
    AskedAgain,
    AssignmentState,
    DoneAlready,
    NotLateYet,
    PoleEnded,
    RequestState,
    TooEarlyToChase,
    TooLateToReopen,
)
from portal.requests.undo.rules import NotTakenBack, Why
from portal.steps import StepRefused
from portal.web import current

_NOW_REQUEST: Mapping[RequestState, Any] = {
    RequestState.DRAFT: _l("This request is still a draft: it must be sent first."),
    RequestState.TO_ROUTE: _l("This request is waiting to be routed to a partner."),
    RequestState.PROPOSED: _l("This request is waiting for the answer of a partner."),
    RequestState.ACCEPTED: _l("This request has been accepted by a partner."),
    RequestState.COMPLETED: _l("This request is completed."),
    RequestState.WITHDRAWN: _l("This request has been withdrawn by the pole."),
    RequestState.DROPPED: _l("This request has been dropped by the cell."),
}
_NOW_ASSIGNMENT: Mapping[AssignmentState, Any] = {
    AssignmentState.PROPOSED: _l("The partner has not answered yet."),
    AssignmentState.ON_HOLD: _l("The partner is waiting for information from the pole."),
    AssignmentState.ACCEPTED: _l("The partner has already accepted."),
    AssignmentState.COMPLETED: _l("The partner has already completed its part."),
    AssignmentState.DECLINED: _l("The partner has already declined."),
    AssignmentState.HANDED_BACK: _l("The partner has already handed it back."),
    AssignmentState.EXPIRED: _l("The time to answer is over."),
    AssignmentState.CANCELLED: _l("It has been taken back from the partner."),
}


_NOW_OURS: Mapping[AssignmentState, Any] = {
    AssignmentState.PROPOSED: _l("Your organisation has not answered yet."),
    AssignmentState.ON_HOLD: _l("Your organisation is waiting for information from the pole."),
    AssignmentState.ACCEPTED: _l("Your organisation has already accepted this request."),
    AssignmentState.COMPLETED: _l("Your organisation has already completed its part."),
    AssignmentState.DECLINED: _l("Your organisation has already declined this request."),
    AssignmentState.HANDED_BACK: _l("Your organisation has already handed this request back."),
    AssignmentState.EXPIRED: _l("The time your organisation had to answer is over."),
    AssignmentState.CANCELLED: _l("The cell has taken this request back from your organisation."),
}

_NOT_TAKEN_BACK: Mapping[Why, Any] = {
    Why.NOT_YOURS: _l("Only who did it, for the organisation they did it for, can undo it."),
    Why.GONE: _l("It was undone already, or the time for that is over."),
    Why.ACTED_SINCE: _l("Something was done since: it can no longer be undone."),
    Why.LATE: _l(
        "It was done more than two minutes ago, and its e-mails have left: it can no longer be undone."
    ),
    Why.ENDED: _l("An organisation that had it no longer uses the portal: it can no longer be undone."),
}


_REFUSALS: Mapping[type[Conflict], Any] = {
    TooLateToReopen: _l(
        "It was completed more than thirty days ago: it is too late to reopen it. Make a new request."
    ),
    Anonymised: _l("This request was anonymised after years without activity. Make a new request."),
    PoleEnded: _l("This pole no longer uses the portal: nobody there would answer."),
    AskedAgain: _l("This partner has been asked again for this request: there is nothing to reopen."),
    NotLateYet: _l("This partner still has time to answer: you can remind it once it is late."),
    AlreadyReminded: _l("Your pole has already reminded this partner."),
    WorksAlone: _l("No other partner supports the pole together with this one: there is nobody to lead."),
    LedByAnother: _l("Another partner leads the support: ask that one for news."),
    LeadsAlready: _l("This partner leads already."),
    DoneAlready: _l("It is done already: nothing was done twice."),
    AlreadyThanked: _l("Your pole has already thanked this partner."),
    AlreadyTaken: _l("Somebody of your team already has it: a manager can give it to somebody else."),
    TooEarlyToChase: lazy_ngettext(
        "It was asked too short a time ago: nobody is chased within %(num)s working day.",
        "It was asked too short a time ago: nobody is chased within %(num)s working days.",
        WORKING_DAYS_BEFORE_A_REMINDER,
    ),
}


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why an action cannot be done now: where things stand; None where there is nothing more to say."""
    if isinstance(refusal, StepRefused):
        return _where_it_stands(refusal)
    if isinstance(refusal, NotTakenBack):
        return str(_NOT_TAKEN_BACK[refusal.why])
    sentence = _REFUSALS.get(type(refusal))
    return str(sentence) if sentence else None


def _where_it_stands(refusal: StepRefused) -> str:
    """Where the request stands is said of itself alone, or of one partner's part: others read their own."""
    if isinstance(refusal.state, RequestState):
        return str(_NOW_REQUEST[refusal.state])
    reader = current.actor_or_none()
    now = _NOW_OURS if reader and reader.is_partner else _NOW_ASSIGNMENT
    return str(now[refusal.state])
