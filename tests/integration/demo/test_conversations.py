"""Whoever opens the demonstration meets all that a conversation can be, without being told where it is."""

from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import queries as people
from portal.conversation.models import Message, MessageDraft, MessageMention
from portal.db import db
from portal.demo import accounts
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.requests.models import SupportRequest
from tests.browser import Browser

pytestmark = pytest.mark.usefixtures("demonstration")


def on_messages(note: bool) -> list[tuple[str, str]]:
    """The references and names of documents on messages, or on notes."""
    statement = (
        select(SupportRequest.reference, StoredFile.name)
        .join(Message, Message.request_id == SupportRequest.id)
        .join(Document, (Document.kind == "message") & (Document.parent_id == Message.id))
        .join(StoredFile, StoredFile.id == Document.file_id)
        .where(Message.note.is_(note))
    )
    return [(reference, name) for reference, name in db.session.execute(statement)]


def readers_of(app: Flask, reference: str, name: str) -> set[str]:
    """The accounts that meet a document on the page of its request."""
    found = set()
    for account in accounts.ACCOUNTS:
        person = people.by_email(account.email)
        assert person is not None
        page = Browser(app, person).client.get(f"/demandes/{reference}")
        if page.status_code == 200 and name in unescape(page.text):
            found.add(account.email)
    return found


def test_documents_are_on_messages_and_those_of_notes_stay_on_their_side(app: Flask) -> None:
    shared, noted = on_messages(note=False), on_messages(note=True)
    everybody = set.union(*(readers_of(app, *one) for one in shared))
    inside = set.union(*(readers_of(app, *one) for one in noted))
    assert len(everybody) >= 3
    assert inside, noted
    assert inside < everybody


def test_somebody_is_named_and_something_is_half_written() -> None:
    assert db.session.scalars(select(MessageMention)).first() is not None
    assert db.session.scalars(select(MessageDraft)).first() is not None
    assert db.session.scalar(select(Message).where(Message.guest_id.is_not(None))) is not None
