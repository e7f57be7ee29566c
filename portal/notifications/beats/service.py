"""Which workers live, as they say themselves."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, or_

from portal import clock
from portal.db import db, inserting, require_transaction
from portal.notifications.models import WorkerHeartbeat
from portal.notifications.rules import SILENT

WORKERS_KEPT = timedelta(days=7)
_ERROR_LENGTH = 500


def note_worker(name: str, mail_error: str | None) -> None:
    """The worker of this machine lives; `mail_error`: why it cannot reach the mail server."""
    require_transaction()
    now = clock.now()
    seen = {"seen_at": now, "mail_error": mail_error and mail_error[:_ERROR_LENGTH]}
    statement = inserting(WorkerHeartbeat)
    since = func.coalesce(WorkerHeartbeat.mail_away_since, now) if mail_error else None
    db.session.execute(
        statement.values(
            name=name, mail_away_since=now if mail_error else None, **seen
        ).on_conflict_do_update(index_elements=["name"], set_={**seen, "mail_away_since": since})
    )


def forget_workers(names: Sequence[str]) -> None:
    """These are no more; and nobody looks for one that was silent for a week, or that a wrong clock wrote."""
    require_transaction()
    now, seen_at = clock.now(), WorkerHeartbeat.seen_at
    old = or_(seen_at < now - WORKERS_KEPT, seen_at > now + SILENT)
    db.session.execute(
        delete(WorkerHeartbeat)
        .where(or_(WorkerHeartbeat.name.in_(names), old))
        .execution_options(synchronize_session=False)
    )
