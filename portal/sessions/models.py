"""Sessions: what partners offer to people of several poles at once."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.db import Model, Moment, rises_with, words
from portal.interventions.steps import Place
from portal.organisations.models import Partner
from portal.refusals import Conflict
from portal.sessions import rules
from portal.sessions.steps import AT_ANY_TIME, ONCE_BEGUN, Moves, SessionState


class CollectiveSession(Model):
    """One dated session of a service, for people of several poles: a training, a visit.

    `department_code`: where it takes place, whose clocks show its hour; None: Paris's. `place`: where, everybody reads
    it; `link`: where it is remote, for those who take part alone. `closes_on`: the last day to register. `audience`:
    who it is for. `reason`: why it was cancelled.
    `once`: the key of the form that created it. `uid`, `sequence`: as those of an intervention.
    """

    __tablename__ = "collective_session"
    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes % 15 = 0", name="quarter_hours"),
        CheckConstraint("seats > 0", name="some_seats"),
        CheckConstraint("state <> 'cancelled' OR length(reason) > 0", name="cancelled_has_its_reason"),
        Index("ix_collective_session_partner_id_on_id", "partner_id", "on", "id"),
        Index("ix_collective_session_state_on_starts_at_id", "state", "on", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    state: Mapped[SessionState] = mapped_column(words(SessionState, "session_state"))
    title: Mapped[str] = mapped_column(String(160))
    on: Mapped[date]
    starts_at: Mapped[time]
    minutes: Mapped[int]
    place_kind: Mapped[Place] = mapped_column(words(Place, "session_place_kind"))
    place: Mapped[str | None] = mapped_column(String(200))
    department_code: Mapped[str | None] = mapped_column(String(3))
    link: Mapped[str | None] = mapped_column(String(300))
    seats: Mapped[int]
    closes_on: Mapped[date]
    audience: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
    service: Mapped[Service] = relationship(lazy="raise_on_sql")
    givers: Mapped[list["SessionGiver"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def begins(self) -> datetime:
        return rules.starts(self.on, self.starts_at, self.department_code)

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def has_begun(self) -> bool:
        return self.begins <= clock.now()

    def why_not(self, step: Moves) -> Conflict | None:
        """What refuses a step now."""
        is_told = step in AT_ANY_TIME or self.has_begun == (step in ONCE_BEGUN)
        if self.state is SessionState.OPEN and not is_told:
            return rules.HasBegun() if self.has_begun else rules.NotBegun()
        return step.why_not(self.state)

    @property
    def is_over(self) -> bool:
        return self.ends <= clock.now()

    @property
    def may_still_change(self) -> bool:
        """May people still give up a seat or take one?"""
        return self.state is SessionState.OPEN and not self.has_begun

    @property
    def takes_people(self) -> bool:
        """May people still register?"""
        return self.may_still_change and not clock.is_over(self.closes_on, self.department_code)


rises_with(
    CollectiveSession,
    ("state", "on", "starts_at", "minutes", "place_kind", "place", "department_code", "title", "link"),
)


class SessionGiver(Model):
    """Somebody of its partner who gives a session, as it is planned; who gave it is said once it was held."""

    __tablename__ = "session_giver"
    __table_args__ = (Index("ix_session_giver_person_id_session_id", "person_id", "session_id"),)

    session_id: Mapped[int] = mapped_column(
        ForeignKey("collective_session.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
