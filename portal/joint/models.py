"""Which other poles a request is of."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment, words
from portal.joint.steps import JointState
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest


class JointPole(Model):
    """Another pole that the one that asks invited to its request: it may join, refuse, and leave again.

    `times`: how often it was invited. `word`: what was said with the last invitation, to it alone. `answer`: its own
    last word: what it needs, or why it does not take part. `due_on`: the last day to answer.
    """

    __tablename__ = "joint_pole"
    __table_args__ = (
        UniqueConstraint("request_id", "pole_id"),
        Index("ix_joint_pole_pole_id_state", "pole_id", "state"),
        Index("ix_joint_pole_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"))
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[JointState] = mapped_column(words(JointState, "joint_state"))
    times: Mapped[int] = mapped_column(default=1)
    word: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    due_on: Mapped[date]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    request: Mapped[SupportRequest] = relationship(lazy="raise_on_sql")
    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")
    invited_by: Mapped[Person | None] = relationship(foreign_keys=invited_by_id, lazy="raise_on_sql")
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id, lazy="raise_on_sql")
