"""Documents of the demonstration, and who reads them."""

from sqlalchemy import select

from portal.accounts import queries as people
from portal.conversation.models import Message
from portal.db import db
from portal.demo import accounts
from portal.documents import queries as documents
from portal.documents.models import Document


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
