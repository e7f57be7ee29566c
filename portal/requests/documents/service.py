"""What of requests documents can be on: a request, for whoever reads it; one partner's part, for that partner alone."""

from sqlalchemy import Select, select

from portal.access.roles import Actor
from portal.db import db
from portal.documents.queries import Parent
from portal.requests import emails, queries
from portal.requests.documents import rules
from portal.requests.models import Assignment, SupportRequest
from portal.web.links import Link


def _requests(actor: Actor) -> Select[int]:
    return select(SupportRequest.id).where(queries.is_visible_to(actor))


def _assignments(actor: Actor) -> Select[int]:
    return (
        select(Assignment.id)
        .join(Assignment.request)
        .where(queries.is_visible_to(actor), queries.owned_by(actor))
    )


def _link(request_id: int) -> Link:
    return emails.link(queries.reference_of(request_id))


def _link_of_part(assignment_id: int) -> Link:
    of_it = select(SupportRequest.id).join(SupportRequest.assignments).where(Assignment.id == assignment_id)
    return _link(db.session.scalars(of_it).one())


REQUEST = Parent(rules.REQUEST, SupportRequest.id, _requests, _link)
ASSIGNMENT = Parent(rules.ASSIGNMENT, Assignment.id, _assignments, _link_of_part)
DOCUMENTS_ON = (REQUEST, ASSIGNMENT)
