"""What reminders hold of a person: those about to leave for their address."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from portal import clock
from portal.db import db
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import KEPT, ReminderState


def is_old() -> ColumnElement[bool]:
    """Reminders of which nothing more becomes, longer ago than they are kept."""
    ended = (ReminderState.SENT, ReminderState.DROPPED, ReminderState.SKIPPED)
    return and_(Reminder.state.in_(ended), Reminder.at < clock.days_ago(KEPT))


def of_person(email: str) -> dict[str, list[dict[str, Any]]]:
    """What waits to be sent to an address."""
    statement = (
        select(Reminder.kind, Reminder.rung, Reminder.at.label("noted_at"))
        .join(ReminderLetter, ReminderLetter.reminder_id == Reminder.id)
        .where(ReminderLetter.recipient == email)
        .order_by(Reminder.id)
    )
    return {"reminders_about_to_leave": [dict(row) for row in db.session.execute(statement).mappings()]}
