"""Which files are known."""

from collections.abc import Collection

from sqlalchemy import select

from portal.db import db
from portal.files.models import StoredFile


def known(keys: Collection[str]) -> set[str]:
    """Those of some keys that a row names."""
    return set(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))))
