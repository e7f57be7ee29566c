"""Who looks at the portal as whom, while they do."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import Model, Moment


class Viewing(Model):
    """Someone of the national cell looks at the portal as a member; one at a time. Gone when it ends: the journal
    remembers. `key`: random, known to the browser session that looks."""

    __tablename__ = "viewing"

    id: Mapped[int] = mapped_column(primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(22))
    reason: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    viewer: Mapped[Person] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
