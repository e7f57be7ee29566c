"""A step done from an e-mail: the same as on the page of the request, once for each link."""

from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.notifications.links import service as links
from portal.refusals import Conflict
from portal.requests import queries as reading
from portal.requests import service as requests
from portal.requests.by_mail import queries
from portal.requests.by_mail.rules import ANSWER, LASTS, Ticket
from portal.requests.rules import Details
from portal.requests.undo import queries as undoing
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from portal.web.doors import Door


class Spent(Conflict):
    """The link has done what it was for."""


class OtherQuestion(Conflict):
    """Another question waits now than the one it answers."""


def read(token: str) -> Ticket | None:
    """What a link lets its reader do; None where it is not ours, or too old."""
    opened = links.opened(token, LASTS)
    if opened is None:
        return None
    step, reference, assignment_id = opened.about
    who = opened.key, opened.person_id, opened.organisation_id
    return Ticket(*who, step, reference, assignment_id, opened.at)


def act(actor: Actor, door: Door, ticket: Ticket, details: Details) -> None:
    """Do the step of a link, in the name of its reader; Spent where that was done, however long ago."""
    once(actor, ticket.reference, door.step.right, ticket.key)
    if door.step is ANSWER and queries.asked_again(ticket):
        raise OtherQuestion
    with undo.act(actor, door.step, ticket.key):
        door.do(actor, ticket.reference, ticket.assignment_id, details)


def once(actor: Actor, reference: str, right: Permission, key: str) -> None:
    """Lock the request; Spent where the link has done what it was for, however long ago."""
    requests.lock(actor, reference, right)
    if queries.done(key):
        raise Spent


def take_back(actor: Actor, reference: str, key: str) -> None:
    """Take back what a link did, if it is what they did last."""
    request = reading.get(actor, reference)
    if request is None or undoing.last_key(actor, request.id) != key:
        raise NotTakenBack(Why.NOT_YOURS)
    undo.take_back(actor, reference)
