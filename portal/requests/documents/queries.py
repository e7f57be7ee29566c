"""Whether there are documents on a request, its parts or its forms: most have none, and then nothing more is asked."""

from sqlalchemy import exists, literal, or_
from sqlalchemy.orm import with_expression
from sqlalchemy.sql.base import ExecutableOption

from portal.access.roles import Actor
from portal.documents.models import Document
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment, SupportRequest


def with_documents(actor: Actor) -> tuple[ExecutableOption, ...]:
    """Load whether documents are on it or on a part of it, and whether some wait for somebody in one of its forms."""
    on = exists().where(Document.kind == REQUEST, Document.parent_id == SupportRequest.id)
    parts = exists().where(
        Assignment.request_id == SupportRequest.id,
        Document.kind == ASSIGNMENT,
        Document.parent_id == Assignment.id,
    )
    form = literal("/demandes/") + SupportRequest.reference + "/%"
    waits = exists().where(Document.sent_by_id == actor.person_id, Document.form.like(form))
    return (
        with_expression(SupportRequest.has_documents, or_(on, parts)),
        with_expression(SupportRequest.keeps_documents, waits),
    )
