"""How a request ends before it is done, or goes over to another pole."""

from portal.access.roles import HEAD_ROLES, Actor
from portal.accounts import queries as accounts
from portal.db import db
from portal.organisations.models import Organisation
from portal.requests import emails, queries, steps
from portal.requests import service as requests
from portal.requests.appointments import service as appointments
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, RequestState
from portal.steps import Step


def withdraw(actor: Actor, reference: str, details: Details) -> SupportRequest:
    """The pole no longer wants it."""
    request = requests.begin(actor, reference, steps.WITHDRAW)
    return _close(actor, request, steps.WITHDRAW, details)


def drop(actor: Actor | None, reference: str, details: Details) -> SupportRequest:
    """Nothing more will be done."""
    request = requests.begin(actor, reference, steps.DROP)
    return _close(actor, request, steps.DROP, details)


def _close(
    actor: Actor | None, request: SupportRequest, step: Step[RequestState], details: Details
) -> SupportRequest:
    """Nothing more is expected of anybody, and nobody comes any more."""
    before = request.state
    live = [assignment for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS]
    off = appointments.call_off(actor, live, details.message)
    for assignment in live:
        requests.release(assignment)
        assignment.state = AssignmentState.CANCELLED
    requests.settle(request, becomes=step.target)
    event = requests.remember(actor, request, step, before, request.state, details=details)
    emails.tell([*emails.news(step, event, actor, ended=live, facts=off.facts), *off.news], actor)
    return request


def move(actor: Actor, reference: str, successor: Organisation, details: Details) -> SupportRequest:
    """The pole ends and another, locked, takes the request over; its region stays as it was.

    A draft just moves: nobody else knows of it.
    """
    request = requests.begin(actor, reference, steps.MOVE)
    heads, context = accounts.members([successor.id], HEAD_ROLES), {"before": request.pole.name}
    request.pole, request.once = queries.pole(successor.id), None
    request.contact = heads[0] if heads else None
    db.session.flush()
    if request.state is not RequestState.DRAFT:
        event = requests.remember(actor, request, steps.MOVE, request.state, request.state, details=details)
        live = [assignment for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS]
        emails.tell(emails.news(steps.MOVE, event, actor, ended=live, context=context), actor)
    return request
