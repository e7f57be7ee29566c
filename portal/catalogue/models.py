"""The services of the bundle and who delivers them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.catalogue.rules import (
    DAYS_TO_ANSWER,
    SHOWN_STATES,
    Family,
    Format,
    ServiceKind,
    ServiceState,
    state_on,
)
from portal.db import Model, Moment, words
from portal.organisations.models import Organisation, Partner
from portal.organisations.rules import RecognitionKind, Stage
from portal.text import search_key


class Service(Model):
    """One offer of one or more partners. French is its language; the `_en` columns are its English.

    `name_key` sorts it, `names_key` finds it by its name in both languages. `direct`: its only covering partner gets
    the request at submission; otherwise the cell routes it.
    `inferred`: deduced from the partners' missions, not from a published page; shown as such.

    `stored_state`: the last step of its life; what holds today is `state`, in SQL `queries.is_open`. `asked_at`: when a
    partner asked that its draft be published. `days_to_answer`: working days that a partner has. `notice`: what is true
    for a while, apart from the description. `languages`: codes of `rules.Language`. `time_counted`: `rules.Beside`,
    what its partners count as time spent beside the sessions. `questions`: what it asks of who wants it, in order, as
    `questions.rules.as_json` has them. `checked_on`: somebody of `checked_by` last said that all of it is true;
    `check_due_on`: when they chose to be asked again. `edited_at`: its sheet was last written.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint(
            "stored_state <> 'suspended' OR reopens_on IS NOT NULL", name="suspended_has_its_end"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    name_key: Mapped[str] = mapped_column(String(180))
    names_key: Mapped[str] = mapped_column(String(360))
    family: Mapped[Family] = mapped_column(words(Family, "family"))
    kind: Mapped[ServiceKind] = mapped_column(words(ServiceKind, "service_kind"))
    format: Mapped[Format] = mapped_column(words(Format, "format"))
    summary: Mapped[str] = mapped_column(String(300))
    summary_en: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    description_en: Mapped[str] = mapped_column(Text)
    rules: Mapped[str] = mapped_column(Text, default="")
    rules_en: Mapped[str] = mapped_column(Text, default="")
    direct: Mapped[bool] = mapped_column(default=False)
    inferred: Mapped[bool] = mapped_column(default=False)
    stored_state: Mapped[ServiceState] = mapped_column(
        words(ServiceState, "service_state"), default=ServiceState.PUBLISHED
    )
    reopens_on: Mapped[date | None]
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    days_to_answer: Mapped[int] = mapped_column(default=DAYS_TO_ANSWER)
    cost: Mapped[str] = mapped_column(String(300), default="")
    cost_en: Mapped[str] = mapped_column(String(300), default="")
    venue: Mapped[str] = mapped_column(String(500), default="")
    venue_en: Mapped[str] = mapped_column(String(500), default="")
    documents_wanted: Mapped[str] = mapped_column(String(1000), default="")
    documents_wanted_en: Mapped[str] = mapped_column(String(1000), default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    time_counted: Mapped[list[str]] = mapped_column(JSON, default=list)
    notice: Mapped[str] = mapped_column(String(300), default="")
    notice_en: Mapped[str] = mapped_column(String(300), default="")
    notice_until: Mapped[date | None]
    checked_on: Mapped[date | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    check_due_on: Mapped[date | None] = mapped_column(index=True)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)

    stages: Mapped[list["ServiceStage"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    deliveries: Mapped[list["Delivery"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    places: Mapped[list["ServicePlace"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    recognitions: Mapped[list["ServiceRecognition"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    checked_by: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")

    @validates("name", "name_en")
    def _key_the_names(self, column: str, name: str) -> str:
        names = {"name": self.name, "name_en": self.name_en, column: name}
        self.name_key = search_key(names["name"] or "")[:180]
        self.names_key = search_key(f"{names['name'] or ''} {names['name_en'] or ''}")[:360]
        return name

    @property
    def state(self) -> ServiceState:
        """What holds today."""
        return state_on(clock.today(), self.stored_state, self.reopens_on)

    @property
    def is_open(self) -> bool:
        """May it be asked for today?"""
        return self.state is ServiceState.PUBLISHED

    @property
    def is_shown(self) -> bool:
        """Does everybody read it? `queries.is_shown` says the same in SQL."""
        return self.stored_state in SHOWN_STATES

    @property
    def texts(self) -> tuple[str, ...]:
        """What lists show of it, in both languages."""
        return (self.name, self.name_en, self.summary, self.summary_en)

    @property
    def admitted_stages(self) -> frozenset[Stage]:
        """The stages that may ask; none: all of them."""
        return frozenset(stage.stage for stage in self.stages)

    def recognise(self, wanted: Collection[tuple[RecognitionKind, int | None]]) -> None:
        """These recognitions let poles ask, and no others."""
        known = {(each.kind, each.year): each for each in self.recognitions}
        self.recognitions = [
            known.get((kind, year)) or ServiceRecognition(kind=kind, year=year)
            for kind, year in sorted(wanted, key=str)
        ]


class ServiceStage(Model):
    """A stage that a service admits; a service with none admits every pole."""

    __tablename__ = "service_stage"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"), primary_key=True)

    service: Mapped[Service] = relationship(back_populates="stages", lazy="raise_on_sql")


class ServiceRecognition(Model):
    """A recognition that lets a pole ask for a service; one of them is enough, none: every pole may. `year` None: of
    any year."""

    __tablename__ = "service_recognition"
    __table_args__ = (UniqueConstraint("service_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RecognitionKind] = mapped_column(words(RecognitionKind, "service_recognition_kind"))
    year: Mapped[int | None]

    service: Mapped[Service] = relationship(back_populates="recognitions", lazy="raise_on_sql")


class ServicePlace(Model):
    """A region or a department where a service is offered; one with none is offered wherever its partners work."""

    __tablename__ = "service_place"
    __table_args__ = (
        CheckConstraint("(region_code IS NULL) <> (department_code IS NULL)", name="one_place"),
        UniqueConstraint("service_id", "region_code", "department_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    region_code: Mapped[str | None] = mapped_column(String(3))
    department_code: Mapped[str | None] = mapped_column(String(3))

    service: Mapped[Service] = relationship(back_populates="places", lazy="raise_on_sql")


class ServiceVersion(Model):
    """What a service said when a request was sent for it (`versions.rules`); never changed, never deleted."""

    __tablename__ = "service_version"
    __table_args__ = (UniqueConstraint("service_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    sheet: Mapped[dict[str, Any]] = mapped_column(JSON)


class Delivery(Model):
    """A partner that delivers a service, wherever that partner works."""

    __tablename__ = "delivery"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    service: Mapped[Service] = relationship(back_populates="deliveries", lazy="raise_on_sql")
    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
