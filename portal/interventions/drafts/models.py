"""What was typed of interventions and not sent."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment


class LogDraft(Model):
    """What somebody typed of what they did. `intervention_id`: the planned one that they tell of, None for one that is
    not there yet. `typed`: {name of a field: what was typed}, of those that differ from what the form began with.
    """

    __tablename__ = "log_draft"
    __table_args__ = (UniqueConstraint("person_id", "assignment_id", "intervention_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    intervention_id: Mapped[int | None] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), index=True
    )
    typed: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    written_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
