"""The life of a support request: two tables, and the pure functions that read it. No Flask, no database.

A request is sent to partners, one assignment each; each partner decides on its own assignment and the state of the
request is derived from them. The two tables drive the access to the doors, the buttons, the events, the e-mails, the
tests and the drawing in the README.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal import clock
from portal.access.permissions import Permission
from portal.refusals import Conflict
from portal.steps import Audience, Step, StepRefused

WORKING_DAYS_LATE_TO_EXPIRE = 10
WORKING_DAYS_BEFORE_A_REMINDER = 3
DAYS_TO_REOPEN = 30


class RequestState(StrEnum):
    DRAFT = "draft"
    TO_ROUTE = "to_route"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class AssignmentState(StrEnum):
    PROPOSED = "proposed"
    ON_HOLD = "on_hold"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    DECLINED = "declined"
    HANDED_BACK = "handed_back"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Planned(StrEnum):
    """What becomes of the dates still planned when their assignment is completed."""

    HELD = "held"
    CALLED_OFF = "called_off"


class DeclineReason(StrEnum):
    """Why a partner says no; the figures count them."""

    OUT_OF_SCOPE = "out_of_scope"
    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    TERRITORY = "territory"
    TOO_EARLY = "too_early"
    OTHER = "other"


class CloseReason(StrEnum):
    """Why a pole withdraws its request or a cell drops it; `DORMANT`: the portal's own, see `personal_data.rules`."""

    SOLVED = "solved"
    NEED_CHANGED = "need_changed"
    DUPLICATE = "duplicate"
    NO_ANSWER = "no_answer"
    NO_PARTNER = "no_partner"
    OTHER = "other"
    DORMANT = "dormant"


class EndReason(StrEnum):
    """Why it ends without anybody having wished so: an organisation stopped using the portal."""

    POLE_ENDED = "pole_ended"
    PARTNER_ENDED = "partner_ended"


class Outcome(StrEnum):
    """What came of an assignment, said at its end."""

    HELPED = "helped"
    PARTLY_HELPED = "partly_helped"
    NOT_HELPED = "not_helped"
    UNREACHABLE = "unreachable"


LIVE_ASSIGNMENTS = frozenset({AssignmentState.PROPOSED, AssignmentState.ON_HOLD, AssignmentState.ACCEPTED})
ENDED_ASSIGNMENTS = frozenset(AssignmentState) - LIVE_ASSIGNMENTS
OPEN_REQUESTS = frozenset({RequestState.TO_ROUTE, RequestState.PROPOSED, RequestState.ACCEPTED})
SET_REQUESTS = frozenset({RequestState.WITHDRAWN, RequestState.DROPPED})
_NOT_SET = frozenset({*OPEN_REQUESTS, RequestState.COMPLETED})
WAITING = frozenset({AssignmentState.PROPOSED, AssignmentState.ON_HOLD})
_ACCEPTED = frozenset({AssignmentState.ACCEPTED})

_P, _A, _S = Permission, AssignmentState, RequestState
_POLE, _CELL, _PARTNER, _PARTNERS = Audience.POLE, Audience.CELL, Audience.PARTNER, Audience.PARTNERS

_LEAVING = "part of a departure or an ending, whose e-mails tell of more than this request"
SUBMIT = Step("submit", _P.REQUEST_SUBMIT, {_S.DRAFT}, None, {_POLE, _CELL})
ROUTE = Step("route", _P.REQUEST_ROUTE, OPEN_REQUESTS, None, {_POLE, _PARTNER})
WITHDRAW = Step("withdraw", _P.REQUEST_WITHDRAW, OPEN_REQUESTS, _S.WITHDRAWN, {_POLE, _CELL, _PARTNERS})
DROP = Step("drop", _P.REQUEST_DROP, OPEN_REQUESTS, _S.DROPPED, {_POLE, _CELL, _PARTNERS})
CHANGE_CONTACT = Step("change_contact", _P.SYSTEM_RUN, {_S.DRAFT, *OPEN_REQUESTS}, stays=_LEAVING)
MOVE = Step(
    "move",
    _P.ORGANISATION_CREATE,
    {_S.DRAFT, *OPEN_REQUESTS},
    None,
    {_POLE, _CELL, _PARTNERS},
    stays=_LEAVING,
)
ADD_INFORMATION = Step("add_information", _P.REQUEST_ANSWER, OPEN_REQUESTS, None, {_POLE, _CELL, _PARTNERS})
OF_REQUESTS = (SUBMIT, ROUTE, WITHDRAW, DROP, CHANGE_CONTACT, MOVE, ADD_INFORMATION)
"""What happens to a whole request; without a target, its state is derived or stays."""

ACCEPT = Step("accept", _P.ASSIGNMENT_DECIDE, WAITING, _A.ACCEPTED, {_POLE, _PARTNER})
DECLINE = Step("decline", _P.ASSIGNMENT_DECIDE, WAITING, _A.DECLINED, {_POLE, _CELL})
TAKE = Step("take", _P.ASSIGNMENT_DECIDE, LIVE_ASSIGNMENTS)
ASSIGN = Step("assign", _P.TEAM_ASSIGN, WAITING, None, {_PARTNER})
CHASE = Step("chase", _P.REQUEST_ROUTE, {_A.PROPOSED}, None, {_PARTNER})
CHASE_ANSWER = Step("chase_answer", _P.REQUEST_ROUTE, {_A.ON_HOLD}, None, {_POLE})
ASK_NEWS = Step("ask_news", _P.REQUEST_ROUTE, _ACCEPTED, None, {_PARTNER})
GO_ON = Step("go_on", _P.ASSIGNMENT_DECIDE, _ACCEPTED, None, {_CELL})
ASK = Step("ask", _P.ASSIGNMENT_DECIDE, {_A.PROPOSED}, _A.ON_HOLD, {_POLE})
ANSWER = Step("answer", _P.REQUEST_ANSWER, {_A.ON_HOLD}, _A.PROPOSED, {_POLE, _PARTNER})
CHANGE_REFERENT = Step("change_referent", _P.TEAM_ASSIGN, _ACCEPTED, None, {_POLE, _PARTNER})
HAND_BACK = Step("hand_back", _P.ASSIGNMENT_DECIDE, _ACCEPTED, _A.HANDED_BACK, {_POLE, _CELL})
COMPLETE = Step("complete", _P.ASSIGNMENT_DECIDE, _ACCEPTED, _A.COMPLETED, {_POLE, _CELL})
REOPEN = Step("reopen", _P.REQUEST_REOPEN, {_A.COMPLETED}, _A.ACCEPTED, {_POLE, _CELL, _PARTNER})
CANCEL = Step("cancel", _P.REQUEST_ROUTE, LIVE_ASSIGNMENTS, _A.CANCELLED, {_POLE, _CELL, _PARTNER})
EXPIRE = Step(
    "expire",
    _P.SYSTEM_RUN,
    {_A.PROPOSED},
    _A.EXPIRED,
    {_POLE, _CELL, _PARTNER},
    stays="the portal does it: nobody regrets it",
)
REMIND = Step("remind", _P.REQUEST_ANSWER, {_A.PROPOSED}, None, {_PARTNER})
LEAD = Step("lead", _P.REQUEST_ROUTE, LIVE_ASSIGNMENTS, None, {_POLE, _PARTNERS})
THANK = Step("thank", _P.REQUEST_ANSWER, {_A.COMPLETED}, None, {_PARTNER})
OF_ASSIGNMENTS = (
    *(TAKE, ASSIGN, ACCEPT, DECLINE, ASK, ANSWER, CHASE, CHASE_ANSWER, ASK_NEWS, GO_ON, CHANGE_REFERENT),
    *(HAND_BACK, COMPLETE, REOPEN, CANCEL, EXPIRE, REMIND, THANK, LEAD),
)
"""What happens to one assignment, unless its request is withdrawn or dropped."""

UNDO = Step("undo", _P.REQUEST_READ, frozenset(RequestState), stays="what is undone can be done again")
"""What takes the last of these back, whatever it was."""

PRESSING: AbstractSet[Step[Any]] = {CHASE, CHASE_ANSWER, ASK_NEWS}
"""What a cell does so that somebody moves."""
NEEDS_THE_POLE: AbstractSet[Step[Any]] = {SUBMIT, ROUTE, ASK, REOPEN, CHASE_ANSWER}
"""What makes sense only while somebody of the pole is there."""


class TooLateToReopen(Conflict):
    """Completed more than thirty days ago."""


class NotLateYet(Conflict):
    """The partner still has time: nobody is hurried before."""


class AlreadyReminded(Conflict):
    """Once is polite."""


class AlreadyThanked(Conflict):
    """Once is enough."""


class Anonymised(Conflict):
    """What it said is gone, after years without activity: nothing more is done on it."""


class PoleEnded(Conflict):
    """The pole no longer uses the portal: nobody there would read or answer."""


class AskedAgain(Conflict):
    """The partner has the request again in another assignment: there is nothing to reopen."""


class AlreadyTaken(Conflict):
    """Somebody of the team has it."""


class DoneAlready(Conflict):
    """The same person has said or done the same just now, or it is so already: a form that was sent twice."""


class TooEarlyToChase(Conflict):
    """It was asked, or chased, too short a time ago: those who answer are not pressed at once."""


def may_chase(since: date, today: date, place: str | None) -> bool:
    """Never before three working days have passed, since it was asked or last chased. `place`: whose working days."""
    return clock.working_days_between(since, today, place) >= WORKING_DAYS_BEFORE_A_REMINDER


def why_not(
    step: Step[AssignmentState], request: RequestState, assignment: AssignmentState
) -> StepRefused | None:
    """What refuses a step on an assignment in these states."""
    return why_closed(step, request) or step.why_not(assignment)


def why_closed(step: Step[Any], request: RequestState) -> StepRefused | None:
    """Nothing more is done for a request that is withdrawn or dropped, nor for a draft."""
    return None if request in _NOT_SET else StepRefused(step, request)


def derive_state(current: RequestState, assignments: Iterable[AssignmentState]) -> RequestState:
    """The state of a submitted request, from its assignments; the first that holds."""
    if current in SET_REQUESTS:
        return current
    states = set(assignments)
    if AssignmentState.ACCEPTED in states:
        return RequestState.ACCEPTED
    if states & WAITING:
        return RequestState.PROPOSED
    if AssignmentState.COMPLETED in states:
        return RequestState.COMPLETED
    return RequestState.TO_ROUTE


def last_day_to_reopen(completed_on: date) -> date:
    """A completed assignment can be reopened for 30 days, until the last is over."""
    return completed_on + timedelta(days=DAYS_TO_REOPEN)


def can_still_reopen(completed_on: date, today: date) -> bool:
    return today <= last_day_to_reopen(completed_on)


def why_not_reopen(
    completed_on: date | None, today: date, same_partner: Iterable[AssignmentState]
) -> Conflict | None:
    """What stands in the way beside the table, or None. `same_partner`: the states of its assignments there."""
    if completed_on is None or not can_still_reopen(completed_on, today):
        return TooLateToReopen()
    return AskedAgain() if set(same_partner) & LIVE_ASSIGNMENTS else None


class Progress(StrEnum):
    """What a request goes through, in order."""

    SENT = "sent"
    ROUTED = "routed"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"


def reached(state: RequestState, under_way: bool) -> Progress | None:
    """The last part of its way that it has behind it or is in; None before it is sent, and once it left its way."""
    return {
        RequestState.TO_ROUTE: Progress.SENT,
        RequestState.PROPOSED: Progress.ROUTED,
        RequestState.ACCEPTED: Progress.UNDER_WAY if under_way else Progress.ACCEPTED,
        RequestState.COMPLETED: Progress.COMPLETED,
    }.get(state)
