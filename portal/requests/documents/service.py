"""What of requests documents can be on: a request, for whoever reads it; one partner's part, for that partner alone."""

from flask import url_for
from sqlalchemy import Select, select

from portal.access.roles import Actor
from portal.db import db
from portal.documents.queries import Parent
from portal.requests import queries
from portal.requests.documents import rules
from portal.requests.models import Assignment, SupportRequest


def _requests(actor: Actor) -> Select[int]:
    return select(SupportRequest.id).where(queries.is_visible_to(actor))


def _assignments(actor: Actor) -> Select[int]:
    return (
        select(Assignment.id)
        .join(Assignment.request)
        .where(queries.is_visible_to(actor), queries.owned_by(actor))
    )


def _page(request_id: int) -> str:
    return url_for("requests.show", reference=queries.reference_of(request_id))


def _page_of_assignment(assignment_id: int) -> str:
    of_it = select(SupportRequest.id).join(SupportRequest.assignments).where(Assignment.id == assignment_id)
    return _page(db.session.scalars(of_it).one())


REQUEST = Parent(rules.REQUEST, SupportRequest.id, _requests, _page)
ASSIGNMENT = Parent(rules.ASSIGNMENT, Assignment.id, _assignments, _page_of_assignment)
DOCUMENTS_ON = (REQUEST, ASSIGNMENT)
