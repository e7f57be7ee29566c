"""Dates that are proposed for an intervention."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment, words
from portal.interventions.steps import Place
from portal.proposals.steps import ProposalState
from portal.requests.models import Assignment

_LIVE = text("state IN ('open', 'others_asked')")


class DateProposal(Model):
    """What a partner proposes to the pole for one intervention: dates of which one is picked, and for all of them how
    long, where and who. The words that go with it stand in the history of the request.

    `picked`: the number of the date that was. `answered_at`: when the pole picked, or asked for others. `once`: the
    key of the form that created it.
    """

    __tablename__ = "date_proposal"
    __table_args__ = (
        UniqueConstraint("assignment_id", "once"),
        CheckConstraint("minutes > 0 AND minutes % 15 = 0", name="quarter_hours"),
        CheckConstraint("(state = 'picked') = (picked IS NOT NULL)", name="picked_has_its_date"),
        Index(
            "ix_date_proposal_live",
            "assignment_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(40))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "proposal_state"))
    minutes: Mapped[int]
    place_kind: Mapped[Place] = mapped_column(words(Place, "place_kind"))
    place: Mapped[str | None] = mapped_column(String(200))
    picked: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
    dates: Mapped[list["ProposedDate"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ProposedDate.number"
    )
    practices: Mapped[list["ProposedPractice"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def practitioners(self) -> list[Person]:
        return [practice.person for practice in self.practices]


class ProposedDate(Model):
    """A day and an hour by the clocks of the pole; counted from one."""

    __tablename__ = "proposed_date"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("date_proposal.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date]
    starts_at: Mapped[time]


class ProposedPractice(Model):
    """Somebody who would come, for the partner of an assignment."""

    __tablename__ = "proposed_practice"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("date_proposal.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
