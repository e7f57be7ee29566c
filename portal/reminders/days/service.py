"""Choosing other days than the usual ones."""

from collections.abc import Mapping

from sqlalchemy import delete, insert

from portal.db import db, one_at_a_time, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.journal.service import Noted
from portal.reminders.days import queries
from portal.reminders.days.rules import BETWEEN, Of, Which, rung_key
from portal.reminders.models import ReminderChoice


def choose(of: Of, days: Mapping[Which, int]) -> bool:
    """From now on these hold instead of the usual days, and no others; False where they did already."""
    require_transaction()
    one_at_a_time(f"days of reminders of {of.scope} {of.which}")
    before = queries.chosen(of)
    if before == days:
        return False
    gone = delete(ReminderChoice).where(ReminderChoice.scope == of.scope, ReminderChoice.which == of.which)
    db.session.execute(gone.execution_options(synchronize_session=False))
    if days:
        whose = {"scope": of.scope, "which": of.which}
        rows = [{"kind": kind, "rung": rung, "days": count, **whose} for (kind, rung), count in days.items()]
        db.session.execute(insert(ReminderChoice), rows)
    changed = [which for which in {**before, **days} if before.get(which) != days.get(which)]
    journal.record_all(
        Act.CHANGED,
        Subject.SETTING,
        [
            Noted(
                None,
                f"{of.name}{BETWEEN}{rung_key(which)}",
                {"days": before.get(which)},
                {"days": days.get(which)},
            )
            for which in changed
        ],
    )
    return True
