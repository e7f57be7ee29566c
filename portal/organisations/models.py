"""Poles, partners, cells and funders: one table, one class for each kind."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.db import Model, Moment, words
from portal.organisations.rules import OrganisationKind, RecognitionKind, Sector, Stage, place_followed
from portal.territories.reference import place_of
from portal.text import search_key


class Organisation(Model):
    """A body that comes to the portal. `name_key` sorts and searches its name without accents.

    `shared_mailbox`: an address that the whole team reads. `capacity_per_month`: how many new requests it can take,
    None where it does not say. `members_reviewed_at`: somebody last went through its people, or the first one came.
    `merged_into_id`: the record that this one was a double of; its history went there.
    """

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
    shared_mailbox: Mapped[str | None] = mapped_column(String(254))
    capacity_per_month: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    members_reviewed_at: Mapped[datetime | None] = mapped_column(Moment)
    region_code: Mapped[str | None] = mapped_column(String(3), index=True)
    department_code: Mapped[str | None] = mapped_column(String(3))

    coverages: Mapped[list["Coverage"]] = relationship(
        back_populates="organisation", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    absences: Mapped[list["OrganisationAbsence"]] = relationship(
        back_populates="organisation",
        lazy="raise_on_sql",
        order_by="OrganisationAbsence.starts_on",
        cascade="all, delete-orphan",
    )

    @validates("name")
    def _key_the_name(self, _column: str, name: str) -> str:
        self.name_key = search_key(name)[:220]
        return name

    @property
    def region_codes(self) -> frozenset[str]:
        return frozenset(coverage.region_code for coverage in self.coverages if coverage.region_code)

    @property
    def place(self) -> str | None:
        """See `place_followed`; its own where its coverages are not loaded."""
        if "coverages" in inspect(self).unloaded:
            return place_of(self.department_code, self.region_code)
        covered = ((coverage.department_code, coverage.region_code) for coverage in self.coverages)
        return place_followed(self.kind, (self.department_code, self.region_code), covered)


class Pole(Organisation):
    """A PTCE. It has no legal form of its own: the lead organisation carries it.

    `published`: in the public register. `source`: where its public facts come from, addresses separated by
    spaces. `inferred`: names of the columns that were deduced and must be shown as such, separated by spaces.
    `sector`: what it works on, in a few words of its own; `sectors`: the same, to find it by. `stage` and
    `stage_since` are the last of `stage_changes`. `longitude`, `latitude`: degrees, WGS 84, of its commune.
    `file_row`: its line of data/ptce.csv when it was last read, to tell what people have changed since.
    """

    __mapper_args__ = {"polymorphic_identity": OrganisationKind.POLE}

    town: Mapped[str | None] = mapped_column(String(100))
    town_key: Mapped[str | None] = mapped_column(String(120))
    sector: Mapped[str | None] = mapped_column(String(200))
    stage: Mapped[Stage | None] = mapped_column(words(Stage, "stage"))
    stage_since: Mapped[date | None]
    lead_organisation: Mapped[str | None] = mapped_column(String(200))
    lead_siret: Mapped[str | None] = mapped_column(String(14), index=True)
    lead_rna: Mapped[str | None] = mapped_column(String(10), index=True)
    commune_code: Mapped[str | None] = mapped_column(String(5))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    public_summary: Mapped[str | None] = mapped_column(Text)
    peer_mentor: Mapped[bool | None] = mapped_column(default=False)
    published: Mapped[bool | None] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(Text)
    inferred: Mapped[str | None] = mapped_column(String(100))
    file_row: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))

    recognitions: Mapped[list["Recognition"]] = relationship(
        back_populates="pole", lazy="raise_on_sql", order_by="Recognition.year", cascade="all, delete-orphan"
    )

    stage_changes: Mapped[list["StageChange"]] = relationship(
        back_populates="pole",
        lazy="raise_on_sql",
        order_by="StageChange.since, StageChange.id",
        cascade="all, delete-orphan",
    )
    sectors: Mapped[list["PoleSector"]] = relationship(
        back_populates="pole", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    members: Mapped[list["PoleMember"]] = relationship(
        back_populates="pole", lazy="raise_on_sql", order_by="PoleMember.id", cascade="all, delete-orphan"
    )

    @validates("town")
    def _key_the_town(self, _column: str, town: str | None) -> str | None:
        self.town_key = search_key(town)[:120] if town else None
        return town

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
    """A public call or commitment that recognised a pole; `proof`: an address or a document that says so."""

    __tablename__ = "recognition"
    __table_args__ = (UniqueConstraint("pole_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[RecognitionKind] = mapped_column(words(RecognitionKind, "recognition_kind"))
    year: Mapped[int | None]
    proof: Mapped[str | None] = mapped_column(String(300))

    pole: Mapped[Pole] = relationship(back_populates="recognitions", lazy="raise_on_sql")


class StageChange(Model):
    """A pole reached a stage on a day."""

    __tablename__ = "stage_change"
    __table_args__ = (UniqueConstraint("pole_id", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"))
    since: Mapped[date]

    pole: Mapped[Pole] = relationship(back_populates="stage_changes", lazy="raise_on_sql")


class PoleSector(Model):
    """Something a pole works on."""

    __tablename__ = "pole_sector"

    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    sector: Mapped[Sector] = mapped_column(words(Sector, "sector"), primary_key=True, index=True)

    pole: Mapped[Pole] = relationship(back_populates="sectors", lazy="raise_on_sql")


class PoleMember(Model):
    """A body that takes part in a pole; it has no account of its own."""

    __tablename__ = "pole_member"
    __table_args__ = (UniqueConstraint("pole_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    siret: Mapped[str | None] = mapped_column(String(14))

    pole: Mapped[Pole] = relationship(back_populates="members", lazy="raise_on_sql")


class OrganisationAbsence(Model):
    """Days, both included, when an organisation takes no new request."""

    __tablename__ = "organisation_absence"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(String(200))

    organisation: Mapped[Organisation] = relationship(back_populates="absences", lazy="raise_on_sql")
