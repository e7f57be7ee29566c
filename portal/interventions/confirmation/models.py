"""What the pole says of what was logged, and what was adjusted since."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment, words
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.models import Intervention
from portal.organisations.models import Pole


class Confirmation(Model):
    """What became of an intervention that is done, of which a pole was told: the one that asked, or each that had
    somebody at an act of no request.

    `asked_at`: since when it stands as it does; what was told before is of something else. `answered_at`: when the pole
    answered, or its time was over. `message`: why it contests, and `minutes`: how long it says that it lasted.
    `ruling`: why the cell decided as it did.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint("minutes >= 0 AND minutes % 15 = 0", name="quarter_hours"),
        Index("ix_confirmation_state_intervention_id", "state", "intervention_id"),
    )

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    state: Mapped[ConfirmationState] = mapped_column(words(ConfirmationState, "confirmation_state"))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    message: Mapped[str | None] = mapped_column(Text)
    minutes: Mapped[int | None]
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ruling: Mapped[str | None] = mapped_column(Text)

    intervention: Mapped[Intervention] = relationship(lazy="raise_on_sql")
    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_id, lazy="raise_on_sql")
    settled_by: Mapped[Person | None] = relationship(foreign_keys=settled_by_id, lazy="raise_on_sql")


class Adjustment(Model):
    """A change of what was confirmed: its minutes `before` and `after`, by whom, when and why; `after` 0: it no longer
    counts. What a partner proposes the cell makes or refuses, with a word in `answer`. The intervention has the last.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("after != before", name="changes_something"),
        CheckConstraint("after >= 0 AND after % 15 = 0", name="quarter_hours"),
        Index("ix_adjustment_intervention_id_id", "intervention_id", "id"),
        Index("ix_adjustment_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id", ondelete="CASCADE"))
    state: Mapped[AdjustmentState] = mapped_column(words(AdjustmentState, "adjustment_state"))
    before: Mapped[int]
    after: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)

    intervention: Mapped[Intervention] = relationship(lazy="raise_on_sql")
    by: Mapped[Person | None] = relationship(foreign_keys=by_id, lazy="raise_on_sql")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id, lazy="raise_on_sql")
