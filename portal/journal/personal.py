"""What the journal holds of a person: what was done to them, and what they did."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portal import clock
from portal.db import db
from portal.journal.models import JournalEntry
from portal.journal.rules import KEPT, Subject


def of_person(person_id: int, about: Mapping[Subject, Collection[int]]) -> dict[str, list[dict[str, Any]]]:
    """The entries about them, whose subjects have these numbers, and those by them; oldest first."""
    concerning = [
        and_(JournalEntry.subject == subject, JournalEntry.subject_id.in_(numbers))
        for subject, numbers in about.items()
    ]
    columns = (
        column
        for column in JournalEntry.__table__.columns
        if column.name not in {"id", "subject_id", "actor_id", "search_text"}
    )
    statement = (
        select(*columns)
        .where(or_(JournalEntry.actor_id == person_id, *concerning))
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    return {"journal": [dict(row) for row in db.session.execute(statement).mappings()]}


def is_old() -> ColumnElement[bool]:
    """Older than logs may be kept."""
    return JournalEntry.at < clock.days_ago(KEPT)
