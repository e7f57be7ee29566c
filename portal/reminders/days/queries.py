"""What a cell chose for its region, and the national cell for a service."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.db import db
from portal.reminders.days.rules import Of, Which
from portal.reminders.models import ReminderChoice


def chosen(of: Of) -> Mapping[Which, int]:
    """The exceptions, by kind and rung."""
    statement = select(ReminderChoice.kind, ReminderChoice.rung, ReminderChoice.days).where(
        ReminderChoice.scope == of.scope, ReminderChoice.which == of.which
    )
    return {(kind, rung): days for kind, rung, days in db.session.execute(statement)}
