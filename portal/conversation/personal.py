"""What conversations hold of people: shown to them, forgotten with them, made anonymous with the request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select, update

from portal.accounts.models import Person
from portal.conversation.guests.models import Guest, GuestLink
from portal.conversation.models import Message, MessageDraft, MessageMention, Reading
from portal.conversation.queries import MESSAGE
from portal.db import db, require_transaction
from portal.documents import service as documents
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.organisations.models import Organisation
from portal.requests.models import SupportRequest

_OF_A_GUEST = ("email", "name", "role", "language", "created_at", "expires_at", "ended_at")
_QUIET = {"synchronize_session": False}


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """What they wrote, sent or not, where they are named, and what they have read. What others wrote is not theirs."""
    person_id = person.id
    reference = SupportRequest.reference.label("request")
    written = (
        select(reference, Organisation.name.label("acting_for"), Message.note, Message.text, Message.at)
        .join(Message.request)
        .outerjoin(Message.organisation)
        .where(Message.author_id == person_id)
        .order_by(Message.id)
    )
    drafts = (
        select(reference, MessageDraft.text, MessageDraft.begun_at)
        .select_from(MessageDraft)
        .join(SupportRequest, SupportRequest.id == MessageDraft.request_id)
        .where(MessageDraft.person_id == person_id)
        .order_by(MessageDraft.id)
    )
    named = (
        select(reference, Message.at)
        .select_from(MessageMention)
        .join(Message, Message.id == MessageMention.message_id)
        .join(Message.request)
        .where(MessageMention.person_id == person_id)
        .order_by(Message.id)
    )
    read = (
        select(reference, Reading.at)
        .select_from(Reading)
        .join(SupportRequest, SupportRequest.id == Reading.request_id)
        .where(Reading.person_id == person_id)
        .order_by(Reading.id)
    )
    return {
        "messages": _rows(written),
        "drafts_of_messages": _rows(drafts),
        "messages_that_name_them": _rows(named),
        "conversations_read": _rows(read),
        **_of_guests(person),
    }


def _of_guests(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Whom they invited, without who that was, and where somebody invited them."""
    reference = SupportRequest.reference.label("request")
    invited = (
        select(reference, Organisation.name.label("acting_for"), Guest.created_at, Guest.expires_at)
        .select_from(Guest)
        .join(Guest.request)
        .join(Guest.organisation)
        .where(Guest.invited_by_id == person.id)
        .order_by(Guest.id)
    )
    came = (
        select(reference, *(getattr(Guest, column) for column in _OF_A_GUEST))
        .select_from(Guest)
        .join(Guest.request)
        .where(Guest.email == person.email)
        .order_by(Guest.id)
    )
    sent = (
        select(reference, StoredFile.name, StoredFile.media_type, StoredFile.size, Document.sent_at)
        .select_from(Document)
        .join(Document.file)
        .join(Guest, Guest.id == Document.guest_id)
        .join(Guest.request)
        .where(Guest.email == person.email)
        .order_by(Document.id)
    )
    return {
        "guests_invited": _rows(invited),
        "invitations_as_guest": _rows(came),
        "documents_sent_as_guest": _rows(sent),
    }


def _rows(statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]


def forget(person_id: int) -> None:
    """What was not sent, and what they read, goes with their account."""
    require_transaction()
    for model in (MessageDraft, Reading):
        db.session.execute(delete(model).where(model.person_id == person_id).execution_options(**_QUIET))


def nobody_wrote(since: datetime) -> ColumnElement[bool]:
    """Of a request: nothing was said on it since."""
    return ~exists().where(Message.request_id == SupportRequest.id, Message.at >= since)


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank what was said on these requests, notes included, and who said it, was named, read it or began to write."""
    require_transaction()
    messages = select(Message.id).where(Message.request_id.in_(request_ids))
    guests = select(Guest.id).where(Guest.request_id.in_(request_ids)).scalar_subquery()
    documents.forget_of(MESSAGE, db.session.scalars(messages).all())
    for statement in (
        delete(MessageMention).where(MessageMention.message_id.in_(messages.scalar_subquery())),
        delete(Reading).where(Reading.request_id.in_(request_ids)),
        delete(MessageDraft).where(MessageDraft.request_id.in_(request_ids)),
        delete(GuestLink).where(GuestLink.guest_id.in_(guests)),
        update(Guest)
        .where(Guest.request_id.in_(request_ids))
        .values(email="", name="", role="", invited_by_id=None),
        update(Message)
        .where(Message.request_id.in_(request_ids))
        .values(text="", author_id=None, guest_id=None),
    ):
        db.session.execute(statement.execution_options(**_QUIET))
