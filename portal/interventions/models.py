"""Interventions: dated acts of a partner for a pole."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment, words
from portal.interventions.steps import InterventionState, Place
from portal.requests.models import Assignment


class Intervention(Model):
    """One dated act: planned, done or called off. `minutes` in quarter hours; 7 h make one support day.

    `participants`: how many people of the pole took part. `report`: why and what was worked on; `next_step`: what
    comes next. `once`: the key of the form that created it.
    """

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("assignment_id", "once"),
        CheckConstraint("minutes > 0 AND minutes % 15 = 0", name="quarter_hours"),
        CheckConstraint("state != 'done' OR length(report) > 0", name="done_has_its_report"),
        Index("ix_intervention_assignment_id_on_id", "assignment_id", "on", "id"),
        Index("ix_intervention_state_on_assignment_id_minutes", "state", "on", "assignment_id", "minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(40))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    state: Mapped[InterventionState] = mapped_column(words(InterventionState, "intervention_state"))
    on: Mapped[date]
    starts_at: Mapped[time | None]
    minutes: Mapped[int]
    place_kind: Mapped[Place] = mapped_column(words(Place, "place_kind"))
    place: Mapped[str | None] = mapped_column(String(200))
    participants: Mapped[int | None]
    participating_organisations: Mapped[str | None] = mapped_column(String(500))
    report: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    practices: Mapped[list["Practice"]] = relationship(
        back_populates="intervention", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def practitioners(self) -> list[Person]:
        return [practice.person for practice in self.practices]


class Practice(Model):
    """A practitioner who takes part in an intervention."""

    __tablename__ = "practice"

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)

    intervention: Mapped[Intervention] = relationship(back_populates="practices", lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
