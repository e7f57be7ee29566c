"""What poles were refused."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.eligibility.rules import Rule
from portal.db import Model, words


class BlockedDemand(Model):
    """A pole asked for a service and a rule stood in the way: once for each of these in a year of the pole's place,
    however often it tried. `service_id` None: “guide me”. `on`: the first day. Nothing that somebody wrote, and
    nobody's name."""

    __tablename__ = "blocked_demand"
    __table_args__ = (
        UniqueConstraint("service_id", "rule", "year", "pole_id"),
        Index(
            "uq_blocked_demand_without_service",
            "rule",
            "year",
            "pole_id",
            unique=True,
            sqlite_where=text("service_id IS NULL"),
            postgresql_where=text("service_id IS NULL"),
        ),
        Index("ix_blocked_demand_year_service_id_rule", "year", "service_id", "rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    rule: Mapped[Rule] = mapped_column(words(Rule, "blocked_rule"))
    year: Mapped[int]
    on: Mapped[date]
