"""What is kept of a session that was held, for the certificates of those who came."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model, Moment
from portal.interventions.models import Intervention
from portal.sessions.registrations.rules import NAME


class HeldSession(Model):
    """A session that was held and closed, as it was then; nobody changes its title, day and place once it has begun.

    `intervention`: its act, which says how long it lasted. `partner_name`: of whoever held it, as it was called.
    `given_by`: who gave it, by name. `corrected_at`: when who came was last said otherwise.
    """

    __tablename__ = "held_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("collective_session.id"), unique=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), unique=True)
    partner_name: Mapped[str] = mapped_column(String(200))
    given_by: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    intervention: Mapped[Intervention] = relationship(lazy="raise_on_sql")


class Attendance(Model):
    """Somebody who came to a session that was closed: their name and their pole's, as a certificate says them."""

    __tablename__ = "attendance"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("collective_session.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME))
    pole_name: Mapped[str] = mapped_column(String(200))
