"""The vocabulary of requests in words, with the tone and icon of each state."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.refusals import Conflict
from portal.requests.rules import Candidate, ContactPreference, Mode
from portal.requests.steps import (
    SET_REQUESTS,
    WORKING_DAYS_TO_ANSWER,
    Action,
    Anonymised,
    AskedAgain,
    AssignmentState,
    CloseReason,
    DeclineReason,
    EndReason,
    Outcome,
    Planned,
    PoleEnded,
    RequestState,
    TooLateToReopen,
    TransitionRefused,
)
from portal.web import current, templating
from portal.web.tags import Tag

GUIDE_ME = _l("Guide me")
"""What a request without a service is called."""


def time_to_answer() -> str:
    """How long a partner has, once it is asked."""
    return ngettext("%(num)s working day", "%(num)s working days", WORKING_DAYS_TO_ANSWER)


REQUEST_STATES: Mapping[RequestState, Tag] = {
    RequestState.DRAFT: Tag(_l("Draft"), "neutral", "pencil"),
    RequestState.TO_ROUTE: Tag(_l("To be routed"), "warning", "signpost-split"),
    RequestState.PROPOSED: Tag(_l("Waiting for an answer"), "info", "hourglass-split"),
    RequestState.ACCEPTED: Tag(_l("Accepted"), "success", "check-circle"),
    RequestState.COMPLETED: Tag(_l("Completed"), "success", "flag"),
    RequestState.WITHDRAWN: Tag(_l("Withdrawn"), "neutral", "arrow-counterclockwise"),
    RequestState.DROPPED: Tag(_l("Dropped"), "neutral", "x-circle"),
}
TO_REROUTE = Tag(_l("To be rerouted"), "warning", "signpost-split")
UNDER_WAY = Tag(_l("Under way"), "success", "play-circle")

ASSIGNMENT_STATES: Mapping[AssignmentState, Tag] = {
    AssignmentState.PROPOSED: Tag(_l("Waiting for an answer"), "info", "hourglass-split"),
    AssignmentState.ON_HOLD: Tag(_l("Waiting for information"), "warning", "pause-circle"),
    AssignmentState.ACCEPTED: Tag(_l("Accepted"), "success", "check-circle"),
    AssignmentState.COMPLETED: Tag(_l("Completed"), "success", "flag"),
    AssignmentState.DECLINED: Tag(_l("Declined"), "danger", "x-circle"),
    AssignmentState.HANDED_BACK: Tag(_l("Handed back"), "danger", "arrow-counterclockwise"),
    AssignmentState.EXPIRED: Tag(_l("No answer"), "danger", "clock-history"),
    AssignmentState.CANCELLED: Tag(_l("Cancelled"), "neutral", "slash-circle"),
}

# What a button says, and what happens then.
ACTIONS: Mapping[Action, tuple[Any, Any]] = {
    Action.SUBMIT: (
        _l("Send the request"),
        _l("It goes to your cell or to the partner; you can follow it here."),
    ),
    Action.ROUTE: (
        _l("Route to partners"),
        _l("Each partner you choose is asked by e-mail and has five working days to answer."),
    ),
    Action.WITHDRAW: (_l("Withdraw the request"), _l("Everyone who had it is told. This cannot be undone.")),
    Action.DROP: (
        _l("Drop the request"),
        _l("Nothing more will be done; the pole and the partners are told why. This cannot be undone."),
    ),
    Action.ACCEPT: (_l("Accept"), _l("The pole is told who its referent is.")),
    Action.DECLINE: (_l("Decline"), _l("The pole gets your reason and the next step you suggest.")),
    Action.ASK: (_l("Ask for information"), _l("Your time to answer stands still until the pole replies.")),
    Action.ANSWER: (_l("Answer the question"), _l("The partner is told and its time to answer runs again.")),
    Action.CHANGE_REFERENT: (_l("Change the referent"), _l("The pole and the new referent are told.")),
    Action.HAND_BACK: (_l("Hand back"), _l("You cannot go on: the cell looks for another partner.")),
    Action.COMPLETE: (_l("Complete"), _l("You close your part with its outcome and a short review.")),
    Action.REOPEN: (_l("Reopen"), _l("The support goes on, within thirty days of its end.")),
    Action.CANCEL: (
        _l("Take back from this partner"),
        _l("The partner is told that nothing more is expected."),
    ),
    Action.MOVE: (_l("Move"), _l("The pole ended, and another one takes its requests over.")),
    Action.EXPIRE: (_l("Expire"), _l("Nobody answered in time.")),
    Action.PLAN: (_l("Plan an intervention"), _l("The pole is told the date and the place.")),
    Action.LOG: (_l("Log an intervention"), _l("Date, length and report of what was done.")),
    Action.CORRECT: (_l("Correct an intervention"), _l("The pole is told what changed.")),
    Action.CALL_OFF: (_l("Cancel an intervention"), _l("The pole is told.")),
}

# What the timeline says happened; %(partner)s is the assignment's.
EVENTS: Mapping[Action, Any] = {
    Action.SUBMIT: _l("Request sent"),
    Action.ROUTE: _l("Sent to %(partner)s"),
    Action.WITHDRAW: _l("Request withdrawn"),
    Action.DROP: _l("Request dropped"),
    Action.ACCEPT: _l("Accepted by %(partner)s"),
    Action.DECLINE: _l("Declined by %(partner)s"),
    Action.ASK: _l("Question from %(partner)s"),
    Action.ANSWER: _l("Answer to %(partner)s"),
    Action.CHANGE_REFERENT: _l("New referent at %(partner)s"),
    Action.CHANGE_CONTACT: _l("New contact in the pole"),
    Action.MOVE: _l("Taken over by another pole"),
    Action.HAND_BACK: _l("Handed back by %(partner)s"),
    Action.COMPLETE: _l("Completed by %(partner)s"),
    Action.REOPEN: _l("Reopened with %(partner)s"),
    Action.CANCEL: _l("Taken back from %(partner)s"),
    Action.EXPIRE: _l("No answer from %(partner)s"),
    Action.PLAN: _l("Intervention planned by %(partner)s"),
    Action.LOG: _l("Intervention logged by %(partner)s"),
    Action.CORRECT: _l("Intervention corrected by %(partner)s"),
    Action.CALL_OFF: _l("Intervention cancelled by %(partner)s"),
}

EVENT_ICONS: Mapping[Action, str] = {
    Action.SUBMIT: "send",
    Action.ROUTE: "signpost-split",
    Action.WITHDRAW: "arrow-counterclockwise",
    Action.DROP: "x-circle",
    Action.ACCEPT: "check-circle",
    Action.DECLINE: "x-circle",
    Action.ASK: "question-circle",
    Action.ANSWER: "chat-left-text",
    Action.CHANGE_REFERENT: "person",
    Action.CHANGE_CONTACT: "person",
    Action.MOVE: "arrow-repeat",
    Action.HAND_BACK: "arrow-counterclockwise",
    Action.COMPLETE: "flag",
    Action.REOPEN: "arrow-repeat",
    Action.CANCEL: "slash-circle",
    Action.EXPIRE: "clock-history",
    Action.PLAN: "calendar-plus",
    Action.LOG: "journal-text",
    Action.CORRECT: "pencil",
    Action.CALL_OFF: "calendar-x",
}

EVENT_TONES: Mapping[Action, str] = {
    Action.ACCEPT: "success",
    Action.COMPLETE: "success",
    Action.LOG: "success",
    Action.ASK: "warning",
    Action.DECLINE: "danger",
    Action.HAND_BACK: "danger",
    Action.EXPIRE: "danger",
}

DECLINE_REASONS: Mapping[DeclineReason, Any] = {
    DeclineReason.OUT_OF_SCOPE: _l("Not what we do"),
    DeclineReason.NOT_ELIGIBLE: _l("The pole does not meet the rules of this service"),
    DeclineReason.NO_CAPACITY: _l("No one is available in the period wished for"),
    DeclineReason.TERRITORY: _l("Outside our territory"),
    DeclineReason.TOO_EARLY: _l("Too early: the project has to ripen first"),
    DeclineReason.OTHER: _l("Another reason"),
}

CLOSE_REASONS: Mapping[CloseReason, Any] = {
    CloseReason.SOLVED: _l("The need has been met otherwise"),
    CloseReason.NEED_CHANGED: _l("The need has changed"),
    CloseReason.DUPLICATE: _l("It was asked twice"),
    CloseReason.NO_ANSWER: _l("The pole no longer answers"),
    CloseReason.NO_PARTNER: _l("No partner can answer it"),
    CloseReason.OTHER: _l("Another reason"),
    CloseReason.DORMANT: _l("Nothing had happened for a long time"),
}

END_REASONS: Mapping[EndReason, Any] = {
    EndReason.POLE_ENDED: _l("The pole no longer uses the portal"),
    EndReason.PARTNER_ENDED: _l("The partner no longer uses the portal"),
}

PLANNED: Mapping[Planned, Any] = {
    Planned.HELD: _l("They are held, and can still be logged afterwards"),
    Planned.CALLED_OFF: _l("They are cancelled, and whoever was to come is told"),
}

OUTCOMES: Mapping[Outcome, tuple[Any, Any]] = {
    Outcome.HELPED: (_l("The need was met"), _l("The pole got what it asked for.")),
    Outcome.PARTLY_HELPED: (
        _l("The need was partly met"),
        _l("Something useful was done; something remains."),
    ),
    Outcome.NOT_HELPED: (_l("The need was not met"), _l("We talked, and could not help.")),
    Outcome.UNREACHABLE: (
        _l("The pole could not be reached"),
        _l("We tried several times without an answer."),
    ),
}

MODES: Mapping[Mode, Any] = {
    Mode.EITHER: _l("On site or remote"),
    Mode.ON_SITE: _l("On site"),
    Mode.REMOTE: _l("Remote"),
}

CONTACT_PREFERENCES: Mapping[ContactPreference, Any] = {
    ContactPreference.EITHER: _l("By e-mail or telephone"),
    ContactPreference.EMAIL: _l("By e-mail"),
    ContactPreference.PHONE: _l("By telephone"),
}


DONE: Mapping[Action, Any] = {
    Action.SUBMIT: _l("Your request is sent. You can follow it on this page."),
    Action.ROUTE: _l("The partners have been asked."),
    Action.WITHDRAW: _l("Your request is withdrawn."),
    Action.DROP: _l("The request is dropped; everyone concerned is told."),
    Action.ACCEPT: _l("You have accepted. The pole is told."),
    Action.DECLINE: _l("You have declined. The pole and its cell are told."),
    Action.ASK: _l("Your question is sent. Your time to answer stands still until the pole replies."),
    Action.ANSWER: _l("Your answer is sent."),
    Action.CHANGE_REFERENT: _l("The referent is changed."),
    Action.HAND_BACK: _l("The request is handed back to its cell."),
    Action.COMPLETE: _l("Your part is completed. Thank you."),
    Action.REOPEN: _l("The support goes on."),
    Action.CANCEL: _l("The partner is told that nothing more is expected."),
}

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


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why an action cannot be done now: where things stand; None where there is nothing more to say."""
    match refusal:
        case TransitionRefused():
            return _where_it_stands(refusal)
        case TooLateToReopen():
            return _(
                "It was completed more than thirty days ago: it is too late to reopen it. Make a new request."
            )
        case Anonymised():
            return _("This request was anonymised after years without activity. Make a new request.")
        case PoleEnded():
            return _("This pole no longer uses the portal: nobody there would answer.")
        case AskedAgain():
            return _("This partner has been asked again for this request: there is nothing to reopen.")
        case _:
            return None


def _where_it_stands(refusal: TransitionRefused) -> str:
    """Where the request stands is said of itself alone, or of one partner's part: others read their own."""
    if refusal.assignment_state is not None and refusal.request_state not in SET_REQUESTS:
        reader = current.actor_or_none()
        now = _NOW_OURS if reader and reader.is_partner else _NOW_ASSIGNMENT
        return str(now[refusal.assignment_state])
    return str(_NOW_REQUEST[refusal.request_state])


_REASONS: Mapping[str, Any] = {
    **{str(one): label for one, label in DECLINE_REASONS.items()},
    **{str(one): label for one, label in CLOSE_REASONS.items()},
    **{str(one): label for one, label in END_REASONS.items()},
    **{str(one): label for one, (label, _definition) in OUTCOMES.items()},
}


def reason_label(reason: str | None) -> Any:
    """A reason of an event in words, whichever vocabulary it is of."""
    return _REASONS.get(reason or "", "")


def candidate_label(candidate: Candidate) -> str:
    """A partner as the cell chooses it: its name and what speaks for it or against."""
    notes = [
        _("delivers this service") if candidate.delivers else _("does not list this service"),
        _("covers this place") if candidate.covers else _("works elsewhere"),
        ngettext("%(num)d open request", "%(num)d open requests", candidate.open_requests),
    ]
    if candidate.capacity is not None:
        notes.append(
            _("%(taken)d of %(capacity)d this month", taken=candidate.taken, capacity=candidate.capacity)
        )
    if candidate.declined_on:
        notes.insert(0, _("declined on %(day)s", day=templating.day(candidate.declined_on)))
    if candidate.absent_until:
        notes.insert(0, _("absent until %(day)s", day=templating.day(candidate.absent_until)))
    return f"{candidate.name} – {', '.join(notes)}"
