"""Applications of new poles, the links that open them, their documents, and the record of what happened."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import canonical_email
from portal.applications.rules import Opinion
from portal.applications.steps import State
from portal.db import Model, Moment, words
from portal.files.models import StoredFile
from portal.organisations.models import Organisation, Pole
from portal.organisations.rules import Stage
from portal.territories.reference import place_of


class Application(Model):
    """A pole that asks to join. Whoever holds a link sent to `email` writes it.

    `sectors`: words of `organisations.kinds.Sector`. `members`: one a line. `publish`: the register may show it once
    admitted. `changed_at`: last written or moved. `warned_at`: told that the draft will be deleted. `due_on`: last
    day of the cell that holds it; `held_on`: its clock stands still since that day, for an answer. `agreed_at`: the
    applicant agreed to what sending says. `pole_id`: what it became. `anonymised_at`: nothing left in it tells who.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted_has_its_date"),
        Index("ix_application_state_submitted_at_id", "state", "submitted_at", "id"),
        Index("ix_application_region_code_submitted_at_id", "region_code", "submitted_at", "id"),
        Index("ix_application_state_changed_at", "state", "changed_at"),
        Index("ix_application_email_id", "email", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(10), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    state: Mapped[State] = mapped_column(words(State, "application_state"), default=State.DRAFT)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[str] = mapped_column(Text, default="")
    expectations: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[Stage | None] = mapped_column(words(Stage, "application_stage"))
    region_code: Mapped[str | None] = mapped_column(String(3))
    department_code: Mapped[str | None] = mapped_column(String(3))
    commune_code: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(100))
    sectors: Mapped[list[str]] = mapped_column(JSON, default=list)
    members: Mapped[str] = mapped_column(Text, default="")
    lead_organisation: Mapped[str | None] = mapped_column(String(200))
    lead_siret: Mapped[str | None] = mapped_column(String(14), index=True)
    lead_rna: Mapped[str | None] = mapped_column(String(10), index=True)
    website: Mapped[str | None] = mapped_column(String(300))
    given_name: Mapped[str | None] = mapped_column(String(80))
    family_name: Mapped[str | None] = mapped_column(String(80))
    contact_email: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(30))
    public_summary: Mapped[str] = mapped_column(Text, default="")
    publish: Mapped[bool] = mapped_column(default=False)
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    anonymised_at: Mapped[datetime | None] = mapped_column(Moment)
    due_on: Mapped[date | None]
    held_on: Mapped[date | None]
    opinion: Mapped[Opinion | None] = mapped_column(words(Opinion, "opinion"))
    pole_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    pole: Mapped[Pole | None] = relationship(lazy="raise_on_sql")
    links: Mapped[list["ApplicationLink"]] = relationship(
        back_populates="application", lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True
    )
    documents: Mapped[list["ApplicationDocument"]] = relationship(
        back_populates="application",
        lazy="raise_on_sql",
        order_by="ApplicationDocument.id",
        cascade="all, delete-orphan",
    )
    events: Mapped[list["ApplicationEvent"]] = relationship(
        back_populates="application", lazy="raise_on_sql", order_by="ApplicationEvent.id"
    )

    @validates("email", "contact_email")
    def _one_way_to_write_it(self, _key: str, email: str | None) -> str | None:
        return canonical_email(email) if email else email

    @property
    def invited_email(self) -> str:
        """Who opens the account of the pole, once it is admitted."""
        return self.contact_email or self.email

    @property
    def invites_applicant(self) -> bool:
        return self.invited_email == self.email

    @property
    def place(self) -> str | None:
        """The department whose clocks it follows, or None: those of Paris."""
        return place_of(self.department_code, self.region_code)

    @property
    def contact_name(self) -> str:
        return " ".join(filter(None, (self.given_name, self.family_name)))


class ApplicationLink(Model):
    """A secret link sent to the applicant's address: the database keeps its hash alone."""

    __tablename__ = "application_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)

    application: Mapped[Application] = relationship(back_populates="links", lazy="raise_on_sql")


class ApplicationDocument(Model):
    """A file that goes with an application."""

    __tablename__ = "application_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)

    application: Mapped[Application] = relationship(back_populates="documents", lazy="raise_on_sql")
    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class ApplicationEvent(Model):
    """Something that happened: who, what, from, to, why, when. `actor` None: the applicant.

    `action`: the name of a step. `reason`: a word of its vocabulary. `message`: what was said.
    """

    __tablename__ = "application_event"
    __table_args__ = (Index("ix_application_event_application_id_id", "application_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    action: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    from_state: Mapped[State] = mapped_column(words(State, "application_from_state"))
    to_state: Mapped[State] = mapped_column(words(State, "application_to_state"))
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    application: Mapped[Application] = relationship(back_populates="events", lazy="raise_on_sql")
    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")


class CompanyRecord(Model):
    """What the public register of companies said of a SIRET, and when. `found` False: it knows no such number."""

    __tablename__ = "company_record"

    siret: Mapped[str] = mapped_column(String(14), primary_key=True)
    found: Mapped[bool]
    name: Mapped[str | None] = mapped_column(String(200))
    open: Mapped[bool | None]
    region_code: Mapped[str | None] = mapped_column(String(3))
    checked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
