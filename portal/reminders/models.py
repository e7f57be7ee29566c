"""The reminders that left, wait or were not sent; and what cells chose instead of the usual days."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment, words
from portal.reminders.rules import Reason, ReminderState


class Reminder(Model):
    """A rung climbed for a thing, once. `thing`: its number; `round`: which time of several. `on`: the day on which it
    was to be climbed; `at`: when its state last changed; `letters`: how many e-mails it makes. `reason`: why it was not
    sent."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("kind", "thing", "round", "rung"),
        Index("ix_reminder_state_at", "state", "at"),
        Index("ix_reminder_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    thing: Mapped[int]
    round: Mapped[str] = mapped_column(String(20), default="")
    rung: Mapped[str] = mapped_column(String(40))
    state: Mapped[ReminderState] = mapped_column(words(ReminderState, "reminder_state"))
    reason: Mapped[Reason | None] = mapped_column(words(Reason, "reminder_reason"))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    letters: Mapped[int] = mapped_column(default=0)


class ReminderLetter(Model):
    """An address that one of them goes to, until it has left."""

    __tablename__ = "reminder_letter"
    __table_args__ = (UniqueConstraint("recipient", "reminder_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))


class ReminderChoice(Model):
    """Days that hold instead of the usual ones: `scope` "service" or "region", `which` of them."""

    __tablename__ = "reminder_choice"
    __table_args__ = (UniqueConstraint("kind", "rung", "scope", "which"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    rung: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(10))
    which: Mapped[str] = mapped_column(String(12))
    days: Mapped[int]
