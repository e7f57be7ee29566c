"""Who leads where partners support a pole together."""

from portal.access.roles import Actor
from portal.requests import emails, steps
from portal.requests import service as requests
from portal.requests.assignments import service as assignments
from portal.requests.models import SupportRequest
from portal.requests.pairs import rules
from portal.requests.rules import NOTHING, Details


def lead(actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING) -> SupportRequest:
    """From now on, this partner leads those it works together with; the pole and all of them hear of it."""
    assignment = assignments.begin(actor, reference, steps.LEAD, assignment_id)
    request, state = assignment.request, assignment.state
    group = rules.together(assignment, request.assignments)
    requests.let_lead(assignment, group)
    event = requests.remember(actor, request, steps.LEAD, state, state, assignment, details)
    emails.tell(emails.news(steps.LEAD, event, actor, ended=group), actor)
    return request
