"""Which files are known."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from portal import clock
from portal.db import db, require_transaction
from portal.files.models import StoredFile
from portal.files.rules import FileState

LONGEST_CHECK = timedelta(minutes=10)
"""A file that waits for longer for the scanner needs somebody to look."""


def known(keys: Collection[str]) -> set[str]:
    """Those of some keys that a row names, but for infected ones: nothing of them stays."""
    statement = select(StoredFile.key).where(StoredFile.key.in_(keys), StoredFile.state != FileState.INFECTED)
    return set(db.session.scalars(statement))


def being_checked(after: int, most: int) -> Sequence[int]:
    """The files that wait for the scanner, by number, from after one."""
    statement = select(StoredFile.id).where(
        StoredFile.state == FileState.BEING_CHECKED, StoredFile.id > after
    )
    return db.session.scalars(statement.order_by(StoredFile.id).limit(most)).all()


def get(file_id: int) -> StoredFile | None:
    """A file, as it is now."""
    return db.session.get(StoredFile, file_id, populate_existing=True)


def locked(file_id: int) -> StoredFile | None:
    """The same, until the transaction ends."""
    require_transaction()
    return db.session.get(StoredFile, file_id, with_for_update=True, populate_existing=True)


def waiting_for_the_scanner() -> tuple[int, bool]:
    """How many files wait for it, and whether one does for too long."""
    waiting = StoredFile.state == FileState.BEING_CHECKED
    statement = select(func.count(), func.min(StoredFile.created_at)).where(waiting)
    count, since = db.session.execute(statement).one()
    return count, since is not None and since < clock.now() - LONGEST_CHECK
