"""How much each pole may ask for in a year, how much a partner gives, and for whom there is more."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.limits.rules import Measure
from portal.catalogue.models import Service
from portal.db import Model, words
from portal.organisations.models import Organisation, Partner


class UseLimit(Model):
    """The most of something that each pole has in a year; what has no line has no limit."""

    __tablename__ = "use_limit"

    measure: Mapped[Measure] = mapped_column(words(Measure, "limited_measure"), primary_key=True)
    maximum: Mapped[int]


class PartnerLimit(Model):
    """The most of something that a partner gives in a year, for one service, or (None) all of them together."""

    __tablename__ = "partner_limit"
    __table_args__ = (
        UniqueConstraint("partner_id", "measure", "service_id"),
        Index(
            "uq_partner_limit_all_services",
            "partner_id",
            "measure",
            unique=True,
            sqlite_where=text("service_id IS NULL"),
            postgresql_where=text("service_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    measure: Mapped[Measure] = mapped_column(words(Measure, "partner_measure"))
    maximum: Mapped[int]

    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
    service: Mapped[Service | None] = relationship(lazy="raise_on_sql")


class LimitException(Model):
    """One pole, or one partner for each of its limits, has so much `more`, these days included. `withdrawn_on`: it
    holds no longer, from that day."""

    __tablename__ = "limit_exception"
    __table_args__ = (
        CheckConstraint("granted_on <= until", name="in_order"),
        CheckConstraint("more > 0", name="gives_more"),
        Index("ix_limit_exception_organisation_id_measure", "organisation_id", "measure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    measure: Mapped[Measure] = mapped_column(words(Measure, "excepted_measure"))
    more: Mapped[int]
    granted_on: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    withdrawn_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
