"""How much each pole may ask for in a year, and for whom there is more."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.limits.rules import Measure
from portal.db import Model, words
from portal.organisations.models import Pole


class UseLimit(Model):
    """The most of something that each pole has in a year; what has no line has no limit."""

    __tablename__ = "use_limit"

    measure: Mapped[Measure] = mapped_column(words(Measure, "limited_measure"), primary_key=True)
    maximum: Mapped[int]


class LimitException(Model):
    """One pole has so much `more` than the limit, these days included. `withdrawn_on`: it holds no longer, from that
    day."""

    __tablename__ = "limit_exception"
    __table_args__ = (
        CheckConstraint("granted_on <= until", name="in_order"),
        CheckConstraint("more > 0", name="gives_more"),
        Index("ix_limit_exception_pole_id_measure", "pole_id", "measure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    measure: Mapped[Measure] = mapped_column(words(Measure, "excepted_measure"))
    more: Mapped[int]
    granted_on: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    withdrawn_on: Mapped[date | None]

    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")
