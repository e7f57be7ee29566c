"""What ends by itself, and what must always be true of stored requests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.feature import Check, Job
from portal.requests import queries
from portal.requests.assignments import service
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import (
    LIVE_ASSIGNMENTS,
    SET_REQUESTS,
    AssignmentState,
    RequestState,
    derive_state,
)
from portal.requests.undo import queries as undoing
from portal.requests.undo import service as undo


@dataclass(frozen=True, slots=True)
class WrongState:
    """A request whose stored state is not the one its assignments make."""

    reference: str
    stored: RequestState
    derived: RequestState


def wrong_states() -> Sequence[WrongState]:
    """The requests whose state does not follow from their assignments; none, unless something is broken."""
    statement = (
        select(SupportRequest.reference, SupportRequest.state, Assignment.state)
        .outerjoin(SupportRequest.assignments)
        .order_by(SupportRequest.id)
    )
    stored: dict[str, RequestState] = {}
    assigned: dict[str, list[AssignmentState]] = {}
    for reference, state, assignment_state in db.session.execute(statement):
        stored[reference] = state
        assigned.setdefault(reference, []).extend([assignment_state] if assignment_state else [])
    states = (
        (reference, state, _expected(state, assigned[reference])) for reference, state in stored.items()
    )
    return [WrongState(*state) for state in states if state[1] is not state[2]]


def _expected(state: RequestState, assignments: Sequence[AssignmentState]) -> RequestState:
    if state is RequestState.DRAFT and not assignments:
        return state
    return derive_state(state, assignments)


def _told() -> Iterator[str]:
    for wrong in wrong_states():
        yield f"{wrong.reference} is stored as {wrong.stored} and should be {wrong.derived}."


def _left_waiting() -> Iterator[str]:
    """The folders of partners hold what is live, and nobody does anything about what is closed."""
    statement = select(SupportRequest.reference).where(
        SupportRequest.state.in_(SET_REQUESTS),
        SupportRequest.assignments.any(Assignment.state.in_(LIVE_ASSIGNMENTS)),
    )
    for reference in db.session.scalars(statement.order_by(SupportRequest.id)):
        yield f"{reference} is closed, and a partner still has it."


CHECKS = (
    Check("wrong states of requests", _told),
    Check("closed requests that a partner still has", _left_waiting),
)
JOBS = (
    Job(
        "expire unanswered requests",
        lambda after, most: queries.overdue(clock.today(), after, most),
        lambda ids: sum(map(service.expire_unanswered, ids)),
    ),
    Job("forget how acts are undone", undoing.over, undo.forget, at_once=200, first=""),
)
