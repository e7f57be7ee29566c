"""Requests of several poles that resemble each other, and those that cells bring together."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.alike.rules import Near
from portal.db import Model, Moment, words


class AlikePair(Model):
    """Two requests that resemble each other, as they were sent, the older first. `shared`: words that both
    have. `unlike_at`: when a cell said that they are not the same, once and for all."""

    __tablename__ = "alike_pair"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(
        ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    near: Mapped[Near] = mapped_column(words(Near, "alike_near"))
    shared: Mapped[list[str]] = mapped_column(JSON)
    unlike_at: Mapped[datetime | None] = mapped_column(Moment)


class ComparedRequest(Model):
    """When a request, as it was sent, was compared with those that were there."""

    __tablename__ = "compared_request"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(Moment)


class SharedSession(Model):
    """One session for several requests; its dates come with interventions. Cells alone read it."""

    __tablename__ = "shared_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class SharedRequest(Model):
    """A request that is of a shared session: of one at most."""

    __tablename__ = "shared_request"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("shared_session.id", ondelete="CASCADE"), index=True)
