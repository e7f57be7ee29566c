"""What is taken out of drafts: a document of one, or the whole of it."""

from sqlalchemy import delete as delete_from
from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.documents import service as documents
from portal.refusals import NotFound
from portal.requests import service as requests
from portal.requests.documents.service import REQUEST
from portal.requests.drafts import emails
from portal.requests.models import Assignment, RequestEvent, SupportRequest


def discard_draft(actor: Actor, reference: str) -> None:
    """Delete a draft that was never sent."""
    request = requests.begin_draft(actor, reference)
    delete(request)


def remove_document(actor: Actor, reference: str, document_id: int) -> None:
    """Take a document out of a draft."""
    request = requests.begin_draft(actor, reference)
    if not documents.remove(REQUEST, request.id, document_id):
        raise NotFound
    request.changed_at, request.warned_at = clock.now(), None


def end(request: SupportRequest) -> None:
    """Warn of a draft in which nobody writes, which is locked; delete it two weeks later."""
    if request.warned_at is None:
        request.warned_at = clock.now()
        emails.warn_of_end(request)
    else:
        delete(request)


def delete(request: SupportRequest) -> None:
    """Delete a draft that is locked, with what was noted of it."""
    require_transaction()
    documents.forget_of(REQUEST, [request.id])
    ours = RequestEvent.request_id == request.id
    asked = select(RequestEvent.assignment_id).where(ours, RequestEvent.assignment_id.is_not(None))
    asked_ids = db.session.scalars(asked).all()
    for gone in (
        delete_from(RequestEvent).where(ours),
        delete_from(Assignment).where(Assignment.id.in_(asked_ids)),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.delete(request)
