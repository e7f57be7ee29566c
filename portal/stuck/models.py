"""What a cell puts off until a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment
from portal.requests.models import SupportRequest
from portal.stuck.rules import LONGEST_NOTE


class Snooze(Model):
    """A request leaves the console until a day is over, or something happens to it: it comes back by itself. One for a
    request, the last."""

    __tablename__ = "snooze"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[date] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    request: Mapped[SupportRequest] = relationship(lazy="raise_on_sql")
    by: Mapped[Person] = relationship(lazy="raise_on_sql")
