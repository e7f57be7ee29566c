"""Whether the portal is well."""

from datetime import datetime

from sqlalchemy import func, select

from portal.db import db
from portal.notifications.models import WorkerHeartbeat


def worker_seen_at() -> datetime | None:
    """When a worker last said that it lives; also proves that the database answers."""
    return db.session.scalar(select(func.max(WorkerHeartbeat.seen_at)))
