"""Registrations to sessions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import canonical_email
from portal.db import Model, Moment, words
from portal.organisations.models import Pole
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations.rules import NAME, Presence, Standing


class Registration(Model):
    """Somebody whom a pole registers to a session; those who wait are called in the order of the numbers.

    `name`, `email`: forgotten with time. `offered_until`: until when a seat is kept for who waited. `once`: the key of
    the form that created it. `presence`: what became of them on the day, once it was said.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("standing <> 'offered' OR offered_until IS NOT NULL", name="offered_for_a_time"),
        Index("ix_registration_session_id_standing_id", "session_id", "standing", "id"),
        Index("ix_registration_standing_offered_until", "standing", "offered_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("collective_session.id"))
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    standing: Mapped[Standing] = mapped_column(words(Standing, "registration_standing"))
    presence: Mapped[Presence | None] = mapped_column(words(Presence, "registration_presence"))
    name: Mapped[str] = mapped_column(String(NAME))
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str] = mapped_column(String(2), default="fr")
    offered_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    session: Mapped[CollectiveSession] = relationship(lazy="raise_on_sql")
    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")
    registered_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @validates("email")
    def _one_way_to_write_it(self, _key: str, email: str) -> str:
        return canonical_email(email) if email else email
