"""Guests of one request, and the links that open it to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import canonical_email
from portal.conversation.guests.rules import NAME, ROLE
from portal.conversation.models import Message
from portal.conversation.rules import Side
from portal.db import Model, Moment, words
from portal.organisations.models import Organisation
from portal.requests.models import SupportRequest


class Guest(Model):
    """Somebody without an account who takes part in the conversation of one request, for the organisation that asked
    them, until a day, or until they are sent away. `role`: who they are, in a few words. `side`: of that organisation.
    `email`: forgotten a month after the end."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(NAME))
    role: Mapped[str] = mapped_column(String(ROLE))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    side: Mapped[Side] = mapped_column(words(Side, "guest_side"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    request: Mapped[SupportRequest] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    invited_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @validates("email")
    def _one_way_to_write_it(self, _key: str, email: str) -> str:
        return canonical_email(email) if email else email


class GuestLink(Model):
    """A secret link sent to a guest: the database keeps its hash alone."""

    __tablename__ = "guest_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)


class MessageGuest(Model):
    """A guest who reads a message."""

    __tablename__ = "message_guest"

    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id), primary_key=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"), primary_key=True, index=True)
