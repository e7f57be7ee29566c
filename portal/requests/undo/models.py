"""What it takes to take an act back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.access.roles import Role
from portal.db import Model, Moment, words


class Undo(Model):
    """How to take back one act on requests: gone once it is taken back, or the next day.

    `key`: that of its events. `membership_id`, `role`: as whom it was done. `letters`, `changes`: as `acts.Act` has
    them.
    """

    __tablename__ = "undo"
    __table_args__ = (Index("ix_undo_at", "at"),)

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    role: Mapped[Role] = mapped_column(words(Role, "undo_role"))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    letters: Mapped[list[str]] = mapped_column(JSON)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
