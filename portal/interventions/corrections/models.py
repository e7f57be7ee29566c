"""What was corrected of what was logged."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment


class Correction(Model):
    """Who corrected what an intervention says, and when. `assignment`: of the partner whose time it is about, where it
    is about time beside. `changes`: {field: [before, after]}, plain JSON values; people and poles by their numbers;
    "why": what its author said of it, where nothing else keeps that."""

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_intervention_id_id", "intervention_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id", ondelete="CASCADE"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON, default=dict)

    by: Mapped[Person | None] = relationship(lazy="raise_on_sql")
