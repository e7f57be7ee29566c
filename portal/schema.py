"""Whether the database has the tables that this version of the portal expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from portal import engine
from portal.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Unfit(SystemExit):
    """The database cannot be used as it is; the message is one line that says what to do."""


def versions() -> tuple[frozenset[str], frozenset[str]]:
    """The version of the tables, and the one that this code wants."""
    with db.engine.connect() as connection:
        return frozenset(MigrationContext.configure(connection).get_current_heads()), _wanted()


@cache
def _wanted() -> frozenset[str]:
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


@contextmanager
def answering() -> Iterator[None]:
    """Stop, with one line, where the database does not answer in the block."""
    try:
        yield
    except DBAPIError as error:
        if not engine.is_away(error):
            raise
        raise Unfit(f"The database does not answer: {engine.reason(error)}. Check DATABASE_URL.") from None


def require_current() -> None:
    """Stop, with one line, when the database does not answer or is of another version."""
    with answering():
        stored, wanted = versions()
    if stored != wanted:
        raise Unfit("The database is not at the version of this portal: run make migrate.")
