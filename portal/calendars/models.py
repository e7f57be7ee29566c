"""Who has a date in their calendar, what they answered; and feeds."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.calendars.rules import Answer, Scope
from portal.db import Model, Moment, words
from portal.interventions.models import Intervention
from portal.sessions.models import CollectiveSession


class CalendarInvitation(Model):
    """What the calendar of one address was told of an intervention, or of a session that they give or have a seat at.

    `person_id` None: a mailbox that several share, whoever has a seat, or somebody whose account is closed.
    `organisation_id`: the partner they come for, or the pole it is for. `sequence`, `digest`: the state that was sent
    last; `ended_at`: it was taken out then. `answer`: what their calendar said to that state, when.
    """

    __tablename__ = "calendar_invitation"
    __table_args__ = (
        UniqueConstraint("intervention_id", "address"),
        UniqueConstraint("session_id", "address"),
        CheckConstraint("(intervention_id IS NULL) <> (session_id IS NULL)", name="of_either"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("collective_session.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[Answer | None] = mapped_column(words(Answer, "calendar_answer"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    intervention: Mapped[Intervention | None] = relationship(lazy="raise_on_sql")
    session: Mapped[CollectiveSession | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def on(self) -> date | None:
        """The day of what they were told of."""
        thing = self.intervention or self.session
        return thing.on if thing else None


class CalendarFeed(Model):
    """The link by which a program reads somebody's dates, for one of their organisations.

    `token_hash`: SHA-256 of its secret, in hexadecimal. `read_at`: last, as far as it was noted; `hour_began`,
    `readings`: since when they are counted, and how many there were.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id", "scope"),
        Index("ix_calendar_feed_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    scope: Mapped[Scope] = mapped_column(words(Scope, "calendar_scope"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    hour_began: Mapped[datetime | None] = mapped_column(Moment)
    readings: Mapped[int] = mapped_column(default=0, server_default="0")
