"""What reminders hold of a person: those about to leave for their address."""

from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.reminders.models import Reminder, ReminderLetter


def of_person(email: str) -> dict[str, list[dict[str, Any]]]:
    """What waits to be sent to an address."""
    statement = (
        select(Reminder.kind, Reminder.rung, Reminder.at.label("noted_at"))
        .join(ReminderLetter, ReminderLetter.reminder_id == Reminder.id)
        .where(ReminderLetter.recipient == email)
        .order_by(Reminder.id)
    )
    return {"reminders_about_to_leave": [dict(row) for row in db.session.execute(statement).mappings()]}
