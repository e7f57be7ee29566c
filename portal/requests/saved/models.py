"""Filters of the inbox that people keep under a name."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model
from portal.requests.saved.rules import LONGEST_NAME, LONGEST_QUERY


class SavedFilter(Model):
    """What a person looks for, for one of their organisations. `query`: the end of the address of the list."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("membership_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
