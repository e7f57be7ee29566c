"""What the settings lead to, tried: documents, the virus scanner, the database, the mail server. Nothing is changed."""

import secrets
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy.exc import SQLAlchemyError

from portal import engine, schema
from portal.db import can_write, db
from portal.files.scan import service as scan
from portal.files.storage import service as storage
from portal.notifications.delivery import service as delivery
from portal.notifications.mail.service import ServerAway


def run() -> Iterator[tuple[str, bool, str]]:
    """The name of each trial, whether it works, and what was found."""
    for name, trial in _TRIALS.items():
        try:
            yield name, True, trial()
        except (OSError, ServerAway, schema.Unfit, SQLAlchemyError) as error:
            reason = engine.reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            yield name, False, f"FAILED: {' '.join(reason.split())}"


def _documents() -> str:
    key, place = f"check-{secrets.token_hex(8)}", storage.place()
    place.write(key, b"")
    place.remove(key)
    return f"can be written: {place}"


def _scanner() -> str:
    return f"answers: {scan.version()}" if scan.is_on() else "none: nothing is looked at"


def _database() -> str:
    with schema.answering(), db.engine.connect() as connection:
        version = connection.dialect.server_version_info or ()
    return f"answers: {db.engine.dialect.name} {'.'.join(str(part) for part in version)}"


def _tables() -> str:
    schema.require_current()
    if not can_write():
        raise schema.Unfit("the database takes nothing: it is read-only or full")
    return "of this version, and can be written"


_TRIALS: Mapping[str, Callable[[], str]] = {
    "Documents": _documents,
    "Virus scanner": _scanner,
    "Database": _database,
    "Tables": _tables,
    "Mail server": delivery.greeting,
}
