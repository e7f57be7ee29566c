"""What people chose about their e-mails, where it is not what everybody gets."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, words
from portal.notifications.preferences.rules import DIGEST_HOUR, Rhythm


class EmailChoice(Model):
    """How often somebody wants to hear of a topic for one of their organisations; without it, at once."""

    __tablename__ = "email_choice"
    __table_args__ = (Index("ix_email_choice_organisation_id", "organisation_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    rhythm: Mapped[Rhythm] = mapped_column(words(Rhythm, "email_rhythm"))


class EmailHours(Model):
    """When digests come to somebody, and their quiet hours, by the clocks of the place where they said so."""

    __tablename__ = "email_hours"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[int] = mapped_column(default=DIGEST_HOUR)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    place: Mapped[str | None] = mapped_column(String(3))
