"""Poles, partners, cells and funders: one table, one class for each kind."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.db import Model, Moment, words
from portal.organisations.kinds import OrganisationKind, RecognitionKind, Stage
from portal.text import search_key


class Organisation(Model):
    """A body that comes to the portal. `name_key` sorts and searches its name without accents."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind = 'pole' OR stage IS NULL", name="only_poles_have_a_stage"),
        Index("ix_organisation_kind_name_key_id", "kind", "name_key", "id"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(220))
    website: Mapped[str | None] = mapped_column(String(300))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    coverages: Mapped[list["Coverage"]] = relationship(
        back_populates="organisation", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @validates("name")
    def _key_the_name(self, _column: str, name: str) -> str:
        self.name_key = search_key(name)
        return name

    @property
    def region_codes(self) -> frozenset[str]:
        return frozenset(one.region_code for one in self.coverages if one.region_code)


class Pole(Organisation):
    """A PTCE. It has no legal form of its own: the lead organisation carries it.

    `published`: in the public register. `source`: where its public facts come from, addresses separated by
    spaces. `inferred`: names of the columns that were deduced and must be shown as such, separated by spaces.
    """

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.POLE}

    region_code: Mapped[str | None] = mapped_column(String(3), index=True)
    department_code: Mapped[str | None] = mapped_column(String(3))
    town: Mapped[str | None] = mapped_column(String(100))
    sector: Mapped[str | None] = mapped_column(String(200))
    stage: Mapped[Stage | None] = mapped_column(words(Stage, "stage"))
    stage_since: Mapped[date | None]
    lead_organisation: Mapped[str | None] = mapped_column(String(200))
    lead_siret: Mapped[str | None] = mapped_column(String(14))
    published: Mapped[bool | None] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(Text)
    inferred: Mapped[str | None] = mapped_column(String(100))

    recognitions: Mapped[list["Recognition"]] = relationship(
        back_populates="pole", lazy="raise_on_sql", order_by="Recognition.year", cascade="all, delete-orphan"
    )

    @property
    def sources(self) -> list[str]:
        return (self.source or "").split()

    def is_inferred(self, column: str) -> bool:
        return column in (self.inferred or "").split()


Index("ix_organisation_published_name_key_id", Pole.published, Pole.name_key, Pole.id)


class Partner(Organisation):
    """A body that delivers services of the bundle, in the places its coverages name."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.PARTNER}


class RegionalCell(Organisation):
    """A cellule régionale d'animation; its coverages name its regions."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.REGIONAL_CELL}


class NationalCell(Organisation):
    """The cellule nationale d'animation."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.NATIONAL_CELL}


class Funder(Organisation):
    """A body that pays for the bundle and reads its figures."""

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.FUNDER}


class Coverage(Model):
    """A place where an organisation works: the whole country (neither code), a region, or a department."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint("region_code IS NULL OR department_code IS NULL", name="one_place"),
        UniqueConstraint("organisation_id", "region_code", "department_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    region_code: Mapped[str | None] = mapped_column(String(3), index=True)
    department_code: Mapped[str | None] = mapped_column(String(3))

    organisation: Mapped[Organisation] = relationship(back_populates="coverages", lazy="raise_on_sql")


class Recognition(Model):
    """A dated proof that a public call recognised a pole."""

    __tablename__ = "recognition"
    __table_args__ = (UniqueConstraint("pole_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[RecognitionKind] = mapped_column(words(RecognitionKind, "recognition_kind"))
    year: Mapped[int | None]

    pole: Mapped[Pole] = relationship(back_populates="recognitions", lazy="raise_on_sql")
