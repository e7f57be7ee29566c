"""How many places a partner has for a service."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.catalogue.room.rules import Unit
from portal.db import Model, Moment, words


class ServiceRoom(Model):
    """The most requests for a service that a partner takes in a year; each takes one `unit`. What is left of it is
    never stored: it is counted from the requests. `updated_on`: when the partner, or the national cell, said so.
    `told_at`: when the partner last heard by e-mail that poles wait."""

    __tablename__ = "service_room"
    __table_args__ = (CheckConstraint("maximum >= 0", name="not_less_than_nothing"),)

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    unit: Mapped[Unit] = mapped_column(words(Unit, "room_unit"))
    maximum: Mapped[int]
    updated_on: Mapped[date]
    told_at: Mapped[datetime | None] = mapped_column(Moment)


class WaitingPlace(Model):
    """A pole waits for a place of a service that is full, in the order of the numbers. `told_on`: when it heard that
    there is one; it comes first for some days, then whoever asks."""

    __tablename__ = "waiting_place"
    __table_args__ = (
        UniqueConstraint("service_id", "pole_id"),
        Index("ix_waiting_place_service_id_id", "service_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    told_on: Mapped[date | None]
