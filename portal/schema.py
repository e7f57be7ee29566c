"""Whether the database has the tables that this version of the portal expects."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from portal.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Unfit(SystemExit):
    """The database cannot be used as it is; the message is one line that says what to do."""


def require_current() -> None:
    """Stop, with one line, when the database does not answer or is behind."""
    wanted = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    try:
        with db.engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Unfit(f"The database does not answer: {reason}. Check DATABASE_URL.") from None
    if found != wanted:
        raise Unfit("The database is not at the version of this portal: run make migrate.")
