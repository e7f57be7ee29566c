"""Requests to which a session is proposed, and sessions that partners are asked for."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model, Moment
from portal.organisations.models import Partner
from portal.requests.models import SupportRequest
from portal.sessions.models import CollectiveSession


class AttachedRequest(Model):
    """A request to which a cell proposes a session: one at most, whatever becomes of it."""

    __tablename__ = "attached_request"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("collective_session.id"), index=True)

    request: Mapped[SupportRequest] = relationship(lazy="raise_on_sql")
    session: Mapped[CollectiveSession] = relationship(lazy="raise_on_sql")


class WantedSession(Model):
    """A partner that was asked to publish a session for requests that were brought together."""

    __tablename__ = "wanted_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    shared_id: Mapped[int] = mapped_column(ForeignKey("shared_session.id", ondelete="CASCADE"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
