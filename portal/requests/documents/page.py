"""The documents of a request on its pages: those sent with it, and those of the parts that somebody reads whole."""

from collections.abc import Sequence
from functools import partial

from flask import url_for

from portal.access.roles import Actor
from portal.documents import page as documents
from portal.documents.forms import TakesDocuments
from portal.documents.page import Shown
from portal.requests import queries
from portal.requests.documents.service import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment, SupportRequest
from portal.web.forms import PortalForm


def receive(form: PortalForm) -> None:
    """Keep what was sent with the form of a step that takes documents."""
    if isinstance(form, TakesDocuments):
        documents.receive(form)


def offer(form: PortalForm, url: str, request: SupportRequest) -> None:
    """The same form drawn at another address: what was kept for it, where anything was."""
    if isinstance(form, TakesDocuments) and not form.address:
        documents.receive(form, url, waiting=request.keeps_documents)


def attach(form: PortalForm, request: SupportRequest, assignment: Assignment | None = None) -> None:
    """Put the documents of a form on the request, or on the part that it is about."""
    if isinstance(form, TakesDocuments):
        documents.attach(form, ASSIGNMENT if assignment else REQUEST, assignment or request)


def of_request(actor: Actor, request: SupportRequest) -> Sequence[Shown]:
    """All that somebody may read."""
    own = [assignment.id for assignment in queries.own_assignments(actor, request)]
    return documents.shown({REQUEST: [request.id], ASSIGNMENT: own})


def of_draft(draft: SupportRequest | None) -> Sequence[Shown]:
    """Those of a draft, where each can be taken away."""
    if draft is None:
        return ()
    remove = partial(url_for, "requests.remove_document", reference=draft.reference)
    return documents.shown({REQUEST: [draft.id]}, lambda document: remove(document_id=document.id))
