"""The life of a support request: one table, and the pure functions that read it. No Flask, no database.

A request is sent to partners, one assignment each; each partner decides on its own assignment and the state of the
request is derived from them. `TRANSITIONS` drives the services, the routes and their access, the buttons, the events,
the e-mails, the tests and the drawing in the README.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from portal.access.permissions import Permission
from portal.refusals import Conflict

WORKING_DAYS_TO_ANSWER = 5
WORKING_DAYS_TO_EXPIRE = 15
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


class Action(StrEnum):
    """Everything that can happen to a request; also the name of its event and of its e-mails."""

    SUBMIT = "submit"
    ROUTE = "route"
    WITHDRAW = "withdraw"
    DROP = "drop"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK = "ask"
    ANSWER = "answer"
    CHANGE_REFERENT = "change_referent"
    CHANGE_CONTACT = "change_contact"
    MOVE = "move"
    HAND_BACK = "hand_back"
    COMPLETE = "complete"
    REOPEN = "reopen"
    CANCEL = "cancel"
    EXPIRE = "expire"
    PLAN = "plan"
    LOG = "log"
    CORRECT = "correct"
    CALL_OFF = "call_off"


class Audience(StrEnum):
    """Those an event concerns, who has most to do first: what several would tell somebody, the first one tells.

    `PARTNER`: of the assignment; `PARTNERS`: of every live assignment; `PRACTITIONERS`: who takes part in an
    intervention for the partner, or no longer does.
    """

    PARTNER = "partner"
    PARTNERS = "partners"
    CELL = "cell"
    POLE = "pole"
    PRACTITIONERS = "practitioners"


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
_WAITING = frozenset({AssignmentState.PROPOSED, AssignmentState.ON_HOLD})
_ACCEPTED = frozenset({AssignmentState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Transition:
    """From where, to where, by whose right, told to whom.

    `requests`: states of the request it starts from. `assignments`: states of the assignment it starts from, or None
    when it is about the whole request. `target`: the state it sets, or None where nothing is set: the request's state
    is derived, or the assignment keeps its own.
    """

    permission: Permission
    requests: frozenset[RequestState]
    assignments: frozenset[AssignmentState] | None
    target: RequestState | AssignmentState | None
    tells: frozenset[Audience]


def _on_request(
    permission: Permission,
    sources: Collection[RequestState],
    target: RequestState | None,
    *tells: Audience,
) -> Transition:
    return Transition(permission, frozenset(sources), None, target, frozenset(tells))


def _on_assignment(
    permission: Permission,
    sources: Collection[AssignmentState],
    target: AssignmentState | None,
    *tells: Audience,
) -> Transition:
    return Transition(permission, _NOT_SET, frozenset(sources), target, frozenset(tells))


_P, _A, _S = Permission, AssignmentState, RequestState
_POLE, _CELL, _PARTNER, _PARTNERS = Audience.POLE, Audience.CELL, Audience.PARTNER, Audience.PARTNERS
_MEETING = (Audience.POLE, Audience.PRACTITIONERS)

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: _on_request(_P.REQUEST_SUBMIT, {_S.DRAFT}, None, _POLE, _CELL),
        Action.ROUTE: _on_request(_P.REQUEST_ROUTE, OPEN_REQUESTS, None, _POLE, _PARTNER),
        Action.WITHDRAW: _on_request(
            _P.REQUEST_WITHDRAW, OPEN_REQUESTS, _S.WITHDRAWN, _POLE, _CELL, _PARTNERS
        ),
        Action.DROP: _on_request(_P.REQUEST_DROP, OPEN_REQUESTS, _S.DROPPED, _POLE, _CELL, _PARTNERS),
        Action.ACCEPT: _on_assignment(_P.ASSIGNMENT_DECIDE, _WAITING, _A.ACCEPTED, _POLE, _PARTNER),
        Action.DECLINE: _on_assignment(_P.ASSIGNMENT_DECIDE, _WAITING, _A.DECLINED, _POLE, _CELL),
        Action.ASK: _on_assignment(_P.ASSIGNMENT_DECIDE, {_A.PROPOSED}, _A.ON_HOLD, _POLE),
        Action.ANSWER: _on_assignment(_P.REQUEST_ANSWER, {_A.ON_HOLD}, _A.PROPOSED, _POLE, _PARTNER),
        Action.CHANGE_REFERENT: _on_assignment(_P.TEAM_ASSIGN, _ACCEPTED, None, _POLE, _PARTNER),
        Action.CHANGE_CONTACT: _on_request(_P.SYSTEM_RUN, {_S.DRAFT, *OPEN_REQUESTS}, None),
        Action.MOVE: _on_request(
            _P.ORGANISATION_CREATE, {_S.DRAFT, *OPEN_REQUESTS}, None, _POLE, _CELL, _PARTNERS
        ),
        Action.HAND_BACK: _on_assignment(_P.ASSIGNMENT_DECIDE, _ACCEPTED, _A.HANDED_BACK, _POLE, _CELL),
        Action.COMPLETE: _on_assignment(_P.ASSIGNMENT_DECIDE, _ACCEPTED, _A.COMPLETED, _POLE, _CELL),
        Action.REOPEN: _on_assignment(_P.REQUEST_REOPEN, {_A.COMPLETED}, _A.ACCEPTED, _POLE, _CELL, _PARTNER),
        Action.CANCEL: _on_assignment(
            _P.REQUEST_ROUTE, LIVE_ASSIGNMENTS, _A.CANCELLED, _POLE, _CELL, _PARTNER
        ),
        Action.EXPIRE: _on_assignment(_P.SYSTEM_RUN, {_A.PROPOSED}, _A.EXPIRED, _POLE, _CELL, _PARTNER),
        Action.PLAN: _on_assignment(_P.INTERVENTION_LOG, _ACCEPTED, None, *_MEETING),
        Action.LOG: _on_assignment(_P.INTERVENTION_LOG, _ACCEPTED, None, *_MEETING),
        Action.CORRECT: _on_assignment(_P.INTERVENTION_LOG, _ACCEPTED, None, *_MEETING),
        Action.CALL_OFF: _on_assignment(_P.INTERVENTION_LOG, _ACCEPTED, None, *_MEETING),
    }
)


NEEDS_THE_POLE = frozenset({Action.SUBMIT, Action.ROUTE, Action.ASK, Action.REOPEN})
"""What makes sense only while somebody of the pole is there."""


class TransitionRefused(Conflict):
    """The action is not possible from where the request, or the assignment, now is."""

    def __init__(
        self, action: Action, request_state: RequestState, assignment_state: AssignmentState | None = None
    ) -> None:
        super().__init__(f"{action} refused: request {request_state}, assignment {assignment_state}")
        self.action = action
        self.request_state = request_state
        self.assignment_state = assignment_state


class TooLateToReopen(Conflict):
    """Completed more than thirty days ago."""


class Anonymised(Conflict):
    """What it said is gone, after years without activity: nothing more is done on it."""


class PoleEnded(Conflict):
    """The pole no longer uses the portal: nobody there would read or answer."""


class AskedAgain(Conflict):
    """The partner has the request again in another assignment: there is nothing to reopen."""


def is_possible(
    action: Action, request_state: RequestState, assignment_state: AssignmentState | None = None
) -> bool:
    """Can this be done now, whoever asks?"""
    move = TRANSITIONS[action]
    if request_state not in move.requests:
        return False
    return assignment_state is None if move.assignments is None else assignment_state in move.assignments


def require_possible(
    action: Action, request_state: RequestState, assignment_state: AssignmentState | None = None
) -> None:
    """Raise TransitionRefused unless it can be done now."""
    if not is_possible(action, request_state, assignment_state):
        raise TransitionRefused(action, request_state, assignment_state)


def derive_state(current: RequestState, assignments: Iterable[AssignmentState]) -> RequestState:
    """The state of a submitted request, from its assignments; the first that holds."""
    if current in SET_REQUESTS:
        return current
    states = set(assignments)
    if AssignmentState.ACCEPTED in states:
        return RequestState.ACCEPTED
    if states & _WAITING:
        return RequestState.PROPOSED
    if AssignmentState.COMPLETED in states:
        return RequestState.COMPLETED
    return RequestState.TO_ROUTE


def can_still_reopen(completed_on: date, today: date) -> bool:
    """A completed assignment can be reopened for 30 days, until the last is over."""
    return (today - completed_on).days <= DAYS_TO_REOPEN


def why_not_reopen(
    completed_on: date | None, today: date, same_partner: Iterable[AssignmentState]
) -> Conflict | None:
    """What stands in the way beside the table, or None. `same_partner`: the states of its assignments there."""
    if completed_on is None or not can_still_reopen(completed_on, today):
        return TooLateToReopen()
    return AskedAgain() if set(same_partner) & LIVE_ASSIGNMENTS else None


def open_actions(
    permissions: Collection[Permission],
    request_state: RequestState,
    assignment_state: AssignmentState | None = None,
) -> list[Action]:
    """What someone with these rights can do now: to the request, or to one of its assignments."""
    return [
        action
        for action, move in TRANSITIONS.items()
        if move.permission in permissions and is_possible(action, request_state, assignment_state)
    ]
