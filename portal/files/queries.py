"""Which files are known."""

from collections.abc import Collection

from sqlalchemy import select

from portal.db import db
from portal.files.models import StoredFile

_AT_ONCE = 500


def known(keys: Collection[str]) -> set[str]:
    """Those of the keys that a row names."""
    every = list(keys)
    found: set[str] = set()
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        found.update(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(some))))
    return found
