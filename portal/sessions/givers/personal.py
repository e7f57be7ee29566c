"""The names of those who give sessions: shown to them, gone with their account and with time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select

from portal.db import db, require_transaction
from portal.sessions.models import CollectiveSession, SessionGiver

_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The sessions that they were named to give."""
    told = (CollectiveSession.title, CollectiveSession.on, CollectiveSession.starts_at)
    statement = (
        select(*told)
        .join(SessionGiver, SessionGiver.session_id == CollectiveSession.id)
        .where(SessionGiver.person_id == person_id)
        .order_by(CollectiveSession.on, CollectiveSession.id)
    )
    return {"sessions_to_give": [dict(row) for row in db.session.execute(statement).mappings()]}


def forget(person_id: int) -> None:
    """An account closes: they give none any more."""
    require_transaction()
    gone = delete(SessionGiver).where(SessionGiver.person_id == person_id)
    db.session.execute(gone.execution_options(**_QUIET))


def is_old(before: date) -> ColumnElement[bool]:
    """Of a session before a day: it still says who was to give it."""
    named = exists().where(SessionGiver.session_id == CollectiveSession.id)
    return (CollectiveSession.on < before) & named


def anonymise(numbers: Sequence[int], before: date) -> int:
    """Forget who was to give what is old, each once, whatever two workers do."""
    require_transaction()
    still = select(CollectiveSession.id).where(CollectiveSession.id.in_(numbers), is_old(before))
    locked = still.order_by(CollectiveSession.id).with_for_update(skip_locked=True)
    ours = db.session.scalars(locked).all()
    gone = delete(SessionGiver).where(SessionGiver.session_id.in_(ours))
    db.session.execute(gone.execution_options(**_QUIET))
    return len(ours)
