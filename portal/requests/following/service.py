"""What a pole does while it waits and once it is done: add information, remind, thank; and who has seen it."""

from portal import clock
from portal.access.roles import Actor
from portal.db import note
from portal.requests import emails, steps
from portal.requests import service as requests
from portal.requests.assignments import service as assignments
from portal.requests.events.queries import just_did
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.steps import Audience, Step


def add_information(actor: Actor, reference: str, details: Details) -> SupportRequest:
    """The pole says more after sending: to the partners that have it, else to the cell."""
    request = requests.begin(actor, reference, steps.ADD_INFORMATION)
    if just_did(actor, reference, steps.ADD_INFORMATION, None, details):
        raise steps.DoneAlready
    live = [assignment for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS]
    for assignment in live:
        assignment.seen_at = None
    event = requests.remember(
        actor, request, steps.ADD_INFORMATION, request.state, request.state, details=details
    )
    without = {Audience.CELL} if live else set()
    emails.tell(emails.news(steps.ADD_INFORMATION, event, actor, ended=live, without=without), actor)
    return request


def remind(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The pole asks a late partner, once, where its answer stands."""
    assignment = assignments.begin(actor, reference, steps.REMIND, assignment_id)
    assignment.reminded_on = clock.today(assignment.request.pole.place)
    assignment.seen_at = None
    return _tell(actor, steps.REMIND, assignment, details)


def thank(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The pole says, once, what the support was worth to it."""
    assignment = assignments.begin(actor, reference, steps.THANK, assignment_id)
    assignment.thanked_on = clock.today(assignment.request.pole.place)
    return _tell(actor, steps.THANK, assignment, details)


def _tell(
    actor: Actor, step: Step[AssignmentState], assignment: Assignment, details: Details
) -> SupportRequest:
    state = assignment.state
    event = requests.remember(actor, assignment.request, step, state, state, assignment, details)
    emails.tell(emails.news(step, event, actor), actor)
    return assignment.request


def note_seen(actor: Actor, request: SupportRequest) -> None:
    """Somebody of a partner opened the page: noted the first time since the pole wrote."""
    for assignment in request.assignments:
        if (
            assignment.partner_id == actor.organisation_id
            and assignment.state in LIVE_ASSIGNMENTS
            and assignment.seen_at is None
        ):
            note(Assignment, Assignment.id == assignment.id, seen_at=clock.now())
