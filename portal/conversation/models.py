"""What is said on requests, who reads it, how far people have read, and what they have not sent yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.conversation.rules import LONGEST_CHOICE, Side
from portal.db import Model, Moment, words
from portal.organisations.models import Organisation
from portal.requests.models import SupportRequest


class Message(Model):
    """Something said on a request. Never changed, nor deleted; blanked once the request is anonymised.

    `note`: read by the partner of its author alone, or the cells if its author spoke for one; else it is read by the
    pole, the cells, the partners of `MessagePartner` and the guests of `MessageGuest`. `side`: for whom its author
    spoke. `author` None: a guest that `organisation` asked, or somebody there, once the request is anonymised.
    `once`: the key of the form that sent it.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("request_id", "once"),
        Index("ix_message_request_id_id", "request_id", "id"),
        Index("ix_message_author_id", "author_id"),
        Index("ix_message_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"))
    once: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id"))
    side: Mapped[Side] = mapped_column(words(Side, "message_side"))
    note: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    request: Mapped[SupportRequest] = relationship(lazy="raise_on_sql")
    author: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")


class MessagePartner(Model):
    """A partner that reads a message."""

    __tablename__ = "message_partner"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class MessageMention(Model):
    """Somebody named in a message, who may read it."""

    __tablename__ = "message_mention"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Reading(Model):
    """A visit on which somebody of an organisation read on, up to a message.

    Only added: the furthest one says what is unread, the first beyond a message when a team saw it.
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_furthest", "person_id", "organisation_id", "request_id", "read_until"),
        Index("ix_reading_request_id_read_until", "request_id", "read_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"))
    read_until: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class MessageDraft(Model):
    """What somebody writes for an organisation and has not sent. `reach`: the choice of the form. `begun_at`: when."""

    __tablename__ = "message_draft"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"), index=True)
    reach: Mapped[str] = mapped_column(String(LONGEST_CHOICE))
    text: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
