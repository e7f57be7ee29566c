"""People, their memberships, and failed attempts to sign in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Protocol

from flask_security import UserMixin, verify_password
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.rules import canonical_email
from portal.db import Model, Moment, words
from portal.organisations.models import Organisation
from portal.territories.reference import place_of
from portal.text import search_key


class ActedFor(Protocol):
    """An organisation, or what rows say of it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def members_reviewed_at(self) -> datetime | None: ...
    @property
    def region_codes(self) -> frozenset[str]: ...
    @property
    def place(self) -> str | None: ...


class Person(UserMixin, Model):
    """Someone with an account. One account for life, a membership for each organisation.

    `fs_uniquifier` names the sessions: changing it ends them all. `actor` is set when the session is loaded: this
    person acting for the organisation chosen there, None where they belong to none; `choices`: for each of theirs.
    `own_actor`: the same, even while they look at the portal as somebody else, who is `actor` then.
    `name_key`: family and given name, to sort and search without accents.
    `confirmed_at`: when they first used a link sent to their address. `last_seen_at`: within a day.
    `idle_warned_at`: told that the idle account will close. `closed_at`: it has, and the name and address are gone.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name_key_id", "name_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    idle_warned_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    name_key: Mapped[str] = mapped_column(String(170), default="", server_default="")

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="raise_on_sql", order_by="Membership.id"
    )

    actor: ClassVar[Actor | None] = None
    own_actor: ClassVar[Actor | None] = None
    choices: ClassVar[Sequence[Actor]] = ()

    @validates("email")
    def _one_way_to_write_it(self, _key: str, email: str) -> str:
        return canonical_email(email)

    @validates("given_name", "family_name")
    def _key_the_name(self, column: str, name: str) -> str:
        parts = {"family_name": self.family_name, "given_name": self.given_name, column: name}
        self.name_key = search_key(" ".join(part or "" for part in parts.values()))[:170]
        return name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def roles(self) -> list[object]:  # type: ignore[override]  # theirs
        """Flask-Security's own roles, which we do not use: rights come from memberships."""
        return []

    def verify_and_update_password(self, password: str) -> bool:
        """Is this the password? Nothing is written here: see `service.keep_hash`."""
        return self.password is not None and verify_password(password, self.password)

    def act_for(self, membership_id: int | None) -> None:
        """Act as the one of `choices` who acts through this membership, else as the first."""
        first = self.choices[0] if self.choices else None
        self.act_as(next((each for each in self.choices if each.membership_id == membership_id), first))

    def act_as(self, actor: Actor | None) -> None:
        """Act as one of `choices`."""
        self.actor = self.own_actor = actor  # type: ignore[misc]  # no columns

    def look_as(self, actor: Actor) -> None:
        """See the portal as somebody else sees it; `own_actor` stays who really acts."""
        self.actor = actor  # type: ignore[misc]  # no column
        self.choices = ()  # type: ignore[misc]  # no column

    def acting_for(self, membership: "Membership") -> Actor:
        """This person acting through one of their memberships, organisation and coverages loaded."""
        return self.actor_of(membership.id, membership.role, membership.organisation)

    def actor_of(self, membership_id: int, role: Role, organisation: ActedFor) -> Actor:
        """The same from what is known of a membership."""
        return Actor(
            person_id=self.id,
            person_name=self.name,
            email=self.email,
            membership_id=membership_id,
            role=role,
            organisation_id=organisation.id,
            organisation_name=organisation.name,
            region_codes=organisation.region_codes if role is Role.REGIONAL_ADMIN else frozenset(),
            place=organisation.place,
            members_reviewed_at=organisation.members_reviewed_at,
        )


class Membership(Model):
    """What a person does in an organisation. Ended, never deleted."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id"),
        Index("ix_membership_organisation_id_role", "organisation_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(back_populates="memberships", lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class FailedAttempt(Model):
    """A failed sign-in or a reset link asked for; `key` is what is counted, an account or a network address."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index("ix_failed_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Invitation(Model):
    """A link sent to an address: whoever reads it may join an organisation, once, until `expires_at`.

    `token_hash`: SHA-256 of the secret of the last link sent, in hexadecimal; a link sent again kills the one before.
    `invited_by` None: the portal itself, by a command.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
        Index("ix_invitation_organisation_id_sent_at", "organisation_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    invited_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @validates("email")
    def _one_way_to_write_it(self, _key: str, email: str) -> str:
        return canonical_email(email)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def place(self) -> str | None:
        """The department whose clocks say which day is its last, organisation loaded."""
        return place_of(self.organisation.department_code, self.organisation.region_code)

    @property
    def last_day(self) -> date:
        """The last day on which its link works."""
        return clock.day_of(self.expires_at, self.place)

    @property
    def is_open(self) -> bool:
        """Neither used nor withdrawn nor too old."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()
