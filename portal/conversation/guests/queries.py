"""Who the guests of a request are, and what each may read."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.accounts.rules import token_hash
from portal.conversation.guests.models import Guest, GuestLink, MessageGuest
from portal.conversation.guests.rules import ADDRESS_KEPT
from portal.conversation.models import Message
from portal.conversation.rules import AT_WORK, KIND, SHOWN, Side
from portal.db import db, require_transaction, when_run
from portal.documents.models import Document
from portal.organisations.models import Organisation
from portal.requests.models import Assignment, SupportRequest
from portal.teams import queries as teams
from portal.teams.queries import Addressee

_WITH_POLE = joinedload(Guest.request).joinedload(SupportRequest.pole)


def is_there() -> ColumnElement[bool]:
    """Of a guest, in a question that joins their request and organisation: they may come now, since whoever asked them
    still follows the request."""
    at_work = exists().where(
        Assignment.request_id == Guest.request_id,
        Assignment.partner_id == Guest.organisation_id,
        Assignment.state.in_(AT_WORK),
    )
    own = and_(Guest.side == Side.POLE, SupportRequest.pole_id == Guest.organisation_id)
    return and_(
        Guest.ended_at.is_(None),
        Guest.expires_at > when_run(clock.now),
        Organisation.active,
        SupportRequest.anonymised_at.is_(None),
        or_(Guest.side == Side.CELL, own, and_(Guest.side == Side.PARTNER, at_work)),
    )


def there(request_id: int) -> Sequence[Guest]:
    """The guests of a request who may come now, with who asked them and its pole, in the order they came."""
    return db.session.scalars(_there(), {"request_id": request_id}).all()


@cache
def _there() -> Select[Guest]:
    """Built once."""
    return (
        select(Guest)
        .join(Guest.request)
        .join(Guest.organisation)
        .where(Guest.request_id == bindparam("request_id"), is_there())
        .options(joinedload(Guest.organisation), _WITH_POLE)
        .order_by(Guest.id)
    )


def shown_to(actor: Actor, guests: Sequence[Guest]) -> list[Guest]:
    """A partner hears nothing of the guests of other partners."""
    return [
        guest
        for guest in guests
        if not actor.is_partner
        or guest.side is not Side.PARTNER
        or guest.organisation_id == actor.organisation_id
    ]


def by_token(token: str) -> Guest | None:
    """The guest whom a link lets in now, with the request."""
    statement = (
        select(Guest)
        .join(GuestLink, GuestLink.guest_id == Guest.id)
        .join(Guest.request)
        .join(Guest.organisation)
        .where(GuestLink.token_hash == token_hash(token), is_there())
        .options(
            joinedload(Guest.organisation),
            _WITH_POLE,
            joinedload(Guest.request).joinedload(SupportRequest.service),
        )
    )
    return db.session.scalar(statement)


def of_request_locked(request_id: int, guest_id: int) -> Guest | None:
    """One of them, fresh and locked, whether they may still come or not."""
    require_transaction()
    statement = (
        select(Guest)
        .where(Guest.id == guest_id, Guest.request_id == request_id, Guest.ended_at.is_(None))
        .with_for_update(of=Guest)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def messages(guest: Guest) -> Sequence[Message]:
    """The last messages that were written for a guest to read, their own among them, oldest first."""
    told = select(MessageGuest.message_id).where(MessageGuest.guest_id == guest.id)
    statement = (
        select(Message)
        .where(Message.id.in_(told))
        .options(joinedload(Message.author), joinedload(Message.organisation))
        .order_by(Message.id.desc())
        .limit(SHOWN)
    )
    return db.session.scalars(statement).all()[::-1]


def document(guest: Guest, document_id: int) -> Document | None:
    """A document of a message that a guest reads."""
    told = select(MessageGuest.message_id).where(MessageGuest.guest_id == guest.id)
    statement = select(Document).where(
        Document.id == document_id, Document.kind == KIND, Document.parent_id.in_(told)
    )
    return db.session.scalar(statement.options(joinedload(Document.file)))


def sender_of(file_id: int) -> tuple[Guest, Document] | None:
    """The guest who sent a file, with what it is, where they may still come."""
    statement = (
        select(Guest, Document)
        .join(Document, Document.guest_id == Guest.id)
        .join(Guest.request)
        .join(Guest.organisation)
        .where(Document.file_id == file_id, is_there())
        .options(joinedload(Guest.organisation), _WITH_POLE)
    )
    row = db.session.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def invited_by(actor: Actor) -> Select[int]:
    """The guests whom somebody invited for their organisation, by number, to be part of a query."""
    return select(Guest.id).where(
        Guest.invited_by_id == actor.person_id, Guest.organisation_id == actor.organisation_id
    )


def who_asked(guest_id: int) -> Sequence[Addressee]:
    """Who invited a guest, or stands in for them today; nobody once they have left."""
    guest = db.session.get_one(Guest, guest_id)
    people = accounts.people_of(guest.organisation_id)
    asked = [member for member in people if member.person_id == guest.invited_by_id]
    wanted, roles = [member.person_id for member in asked], {member.role for member in asked}
    return teams.addressees(guest.organisation_id, people, wanted, roles) if asked else ()


def is_over() -> ColumnElement[bool]:
    """Of a guest: the end was a month ago, and their address is still there."""
    before = clock.days_ago(ADDRESS_KEPT)
    return and_(Guest.email != "", or_(Guest.expires_at < before, Guest.ended_at < before))
