"""What transfers hold of a person: the files they are importing."""

from typing import Any

from sqlalchemy import ColumnElement, select

from portal import clock
from portal.db import db
from portal.transfers.models import Transfer
from portal.transfers.rules import KEPT


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The files they sent within a day, by name; their content is not about them."""
    statement = (
        select(Transfer.kind, Transfer.file_name, Transfer.counts, Transfer.created_at, Transfer.applied_at)
        .where(Transfer.owner_id == person_id)
        .order_by(Transfer.id)
    )
    return {"imports": [dict(row) for row in db.session.execute(statement).mappings()]}


def is_old() -> ColumnElement[bool]:
    """Files that nobody imported, and reports of the others, older than they are kept."""
    return Transfer.created_at < clock.days_ago(KEPT)
