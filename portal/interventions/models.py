"""Interventions: dated acts of a partner for a pole."""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal import clock
from portal.accounts.models import Person
from portal.catalogue.rules import Beside
from portal.db import Model, Moment, rises_with, words
from portal.interventions.steps import InterventionState, Place
from portal.organisations.models import Pole
from portal.requests.models import Assignment


class Intervention(Model):
    """One dated act: planned, done, missed by the pole, or called off. `minutes`: how long it lasts, in quarter hours;
    what that counts for is `measures`.

    `assignment`: of the partner that noted it. `contributions`: one of each partner that gives time to it, that one's
    included. `also_served`: the poles that it is for beside the one that asked.
    `participants`: how many people of the pole took part. `report`: why and what was worked on; `next_step`: what
    comes next. `once`: the key of the form that created it. `told_at`: when it was said what became of its day;
    `as_planned`: whether it was done as it had been planned, where it had. `confirmation`: what the pole that asked
    says of it; None where it was never asked. `beyond_pole`, `beyond_partner`: as it was last written, it went beyond
    what a pole has, or a partner gives, in its year. `uid`: what calendars call it, for life; `sequence`: how often
    what they show of it has changed, which only rises.
    """

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("assignment_id", "once"),
        CheckConstraint("minutes > 0 AND minutes % 15 = 0", name="quarter_hours"),
        CheckConstraint("state != 'done' OR length(report) > 0", name="done_has_its_report"),
        Index("ix_intervention_assignment_id_on_id", "assignment_id", "on", "id"),
        Index("ix_intervention_usage", "state", "on", "id", "assignment_id", "minutes"),
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
    participant_names: Mapped[str | None] = mapped_column(String(500))
    participating_organisations: Mapped[str | None] = mapped_column(String(500))
    report: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    as_planned: Mapped[bool | None]
    beyond_pole: Mapped[bool] = mapped_column(default=False, server_default=false())
    beyond_partner: Mapped[bool] = mapped_column(default=False, server_default=false())
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    has_documents: Mapped[bool] = query_expression()  # what `documents.queries.with_documents` loads

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    practices: Mapped[list["Practice"]] = relationship(
        back_populates="intervention", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    contributions: Mapped[list["Contribution"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    also_served: Mapped[list["AlsoServed"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    confirmation: Mapped[Any] = relationship(
        "Confirmation", uselist=False, viewonly=True, lazy="raise_on_sql"
    )

    corrections: Mapped[list[Any]] = relationship(
        "Correction", viewonly=True, lazy="raise_on_sql", order_by="Correction.id"
    )

    @property
    def poles(self) -> int:
        """How many it serves."""
        return 1 + len(self.also_served)

    @property
    def practitioners(self) -> list[Person]:
        return [practice.person for practice in self.practices]


rises_with(Intervention, ("state", "on", "starts_at", "minutes", "place_kind", "place"))


class Contribution(Model):
    """What a partner gives to an intervention: how many of its people come, and its minutes beside, in quarter hours.

    `practitioners`: as many as its practices; it stays when their names are removed.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("practitioners >= 0", name="practitioners_counted"),
        *(
            CheckConstraint(f"{name} >= 0 AND {name} % 15 = 0", name=f"quarter_hours_of_{name}")
            for name in Beside
        ),
        Index(  # holds all that usage figures count by, so that they read no row
            "ix_contribution_usage",
            "intervention_id",
            "assignment_id",
            "practitioners",
            "preparation",
            "travel",
            "write_up",
        ),
    )

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True, index=True)
    practitioners: Mapped[int]
    preparation: Mapped[int] = mapped_column(default=0)
    travel: Mapped[int] = mapped_column(default=0)
    write_up: Mapped[int] = mapped_column(default=0)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")


class AlsoServed(Model):
    """A pole that joined the request, and that an intervention is for as well; or one that had somebody at an act of no
    request. `minutes`: how long it counts for this one alone, 0 where it does not; None: as long as it lasted.
    """

    __tablename__ = "also_served"
    __table_args__ = (CheckConstraint("minutes >= 0 AND minutes % 15 = 0", name="quarter_hours"),)

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    minutes: Mapped[int | None]

    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")


class Practice(Model):
    """A practitioner who takes part in an intervention, for the partner of an assignment."""

    __tablename__ = "practice"
    __table_args__ = (Index("ix_practice_person_id_intervention_id", "person_id", "intervention_id"),)

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)

    intervention: Mapped[Intervention] = relationship(back_populates="practices", lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
