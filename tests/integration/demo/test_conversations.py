"""Whoever opens the demonstration meets all that a conversation can be, without being told where it is."""

import pytest
from sqlalchemy import select

from portal.accounts import queries as people
from portal.conversation.models import Message, MessageDraft, MessageMention
from portal.db import db
from portal.demo import accounts
from portal.documents import queries as documents
from portal.documents.models import Document

pytestmark = pytest.mark.usefixtures("demonstration")


def on_messages(note: bool) -> list[int]:
    """The numbers of documents on messages, or on notes."""
    statement = (
        select(Document.id)
        .join(Message, (Document.kind == "message") & (Document.parent_id == Message.id))
        .where(Message.note.is_(note))
    )
    return list(db.session.scalars(statement))


def readers_of(document_ids: list[int]) -> set[str]:
    """The accounts that may read one of these."""
    readers = set()
    for account in accounts.ACCOUNTS:
        person = people.by_email(account.email)
        assert person is not None
        actor = person.acting_for(person.memberships[0])
        if any(documents.get(actor, number) for number in document_ids):
            readers.add(account.email)
    return readers


def test_documents_are_on_messages_and_those_of_notes_stay_on_their_side() -> None:
    everybody, inside = readers_of(on_messages(note=False)), readers_of(on_messages(note=True))
    assert len(everybody) >= 3
    assert inside
    assert inside < everybody


def test_somebody_is_named_and_something_is_half_written() -> None:
    assert db.session.scalars(select(MessageMention)).first() is not None
    assert db.session.scalars(select(MessageDraft)).first() is not None
    assert db.session.scalar(select(Message).where(Message.guest_id.is_not(None))) is not None
    assert db.session.scalar(select(Document).where(Document.guest_id.is_not(None))) is not None
