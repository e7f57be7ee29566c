"""Absences of people, and reviews of who belongs to an organisation."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import Model, Moment


class Absence(Model):
    """Days, both included, when a person is away from one of their organisations.

    `substitute`: a colleague there who gets their e-mails meanwhile, None: the rest of the team.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        Index("ix_absence_membership_id_ends_on", "membership_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
    substitute: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class MembersReview(Model):
    """Somebody went through who belongs to an organisation, and confirmed it."""

    __tablename__ = "members_review"
    __table_args__ = (Index("ix_members_review_organisation_id_at", "organisation_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(lazy="raise_on_sql")
