"""What documents tell of a person: which they sent."""

from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.documents.models import Document
from portal.files.models import StoredFile


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The documents they sent, by name, and on what."""
    statement = (
        select(Document.kind, StoredFile.name, StoredFile.media_type, StoredFile.size, Document.sent_at)
        .join(Document.file)
        .where(Document.sent_by_id == person_id)
        .order_by(Document.id)
    )
    return {"documents": [dict(row) for row in db.session.execute(statement).mappings()]}
