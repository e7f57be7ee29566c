"""E-mails of a kind are paused, leave again, or never leave."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from portal import clock
from portal.db import db, inserting, require_transaction
from portal.notifications.models import EmailPause, OutboxEmail
from portal.notifications.pauses import queries

_QUIET = {"synchronize_session": False}


def pause(kind: str) -> bool:
    """From now on they wait; False where they did already."""
    require_transaction()
    statement = inserting(EmailPause).values(kind=kind, at=clock.now())
    once = statement.on_conflict_do_nothing(index_elements=["kind"]).returning(EmailPause.kind)
    return db.session.scalar(once) is not None


def resume(kind: str) -> bool:
    """They leave again, those that are held with the next round of a worker; False where they were not paused."""
    require_transaction()
    gone: Any = db.session.execute(
        delete(EmailPause).where(EmailPause.kind == kind).execution_options(**_QUIET)
    )
    return bool(gone.rowcount)


def drop(kind: str) -> int:
    """What is held of a kind never leaves; it stays to be read in the portal."""
    require_transaction()
    held = OutboxEmail.held_at.is_not(None), OutboxEmail.kind == kind
    dropped: Any = db.session.execute(
        update(OutboxEmail)
        .where(*held)
        .values(held_at=None, dropped_at=clock.now())
        .execution_options(**_QUIET)
    )
    return int(dropped.rowcount)


def drop_all(which: Select[int]) -> int:
    """These never leave, but for those that a worker has begun to send; they stay to be read in the portal."""
    require_transaction()
    free = or_(OutboxEmail.leased_until.is_(None), OutboxEmail.leased_until < clock.now())
    dropped: Any = db.session.execute(
        update(OutboxEmail)
        .where(OutboxEmail.id.in_(which), OutboxEmail.sent_at.is_(None), free)
        .values(held_at=None, next_attempt_at=None, dropped_at=clock.now())
        .execution_options(**_QUIET)
    )
    return int(dropped.rowcount)


def free(after: int, most: int) -> Sequence[int]:
    """What is held of kinds that are no longer paused, after a number."""
    held = select(OutboxEmail.kind).where(OutboxEmail.held_at.is_not(None)).distinct()
    kinds = set(db.session.scalars(held))
    leave = kinds - set(queries.paused(kinds)) if kinds else kinds
    if not leave:
        return []
    which = OutboxEmail.held_at.is_not(None), OutboxEmail.kind.in_(leave), OutboxEmail.id > after
    return db.session.scalars(select(OutboxEmail.id).where(*which).order_by(OutboxEmail.id).limit(most)).all()


def let_leave(numbers: Sequence[int]) -> int:
    """These leave with the next round, unless somebody dropped them meanwhile."""
    freed: Any = db.session.execute(
        update(OutboxEmail)
        .where(OutboxEmail.id.in_(numbers), OutboxEmail.held_at.is_not(None))
        .values(held_at=None, next_attempt_at=clock.now())
        .execution_options(**_QUIET)
    )
    return int(freed.rowcount)
