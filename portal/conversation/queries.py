"""What was said on a request, for whom it may be read by, and how far they have read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Membership, Person
from portal.conversation import rules
from portal.conversation.guests.models import Guest, MessageGuest
from portal.conversation.guests.queries import invited_by
from portal.conversation.models import Message, MessageDraft, MessageMention, MessagePartner, Reading
from portal.conversation.rules import AT_WORK, Reach, Side
from portal.db import db, plain_rows, when_run
from portal.documents.models import Document
from portal.documents.queries import Parent
from portal.organisations.models import Coverage, Organisation
from portal.organisations.rules import OrganisationKind
from portal.requests.emails import link as request_link
from portal.requests.inbox.queries import belongs
from portal.requests.listing.rules import Whose
from portal.requests.models import SupportRequest
from portal.requests.queries import anybody, is_visible_to, named
from portal.web.links import Link


def readable(actor: Actor) -> Select[Message]:
    """Every message that somebody may read: the one question that each way out asks."""
    return select(Message).join(Message.request).where(is_visible_to(actor), is_readable_by(actor))


def is_readable_by(actor: Actor) -> ColumnElement[bool]:
    """The condition behind `readable`, for requests that are theirs."""
    shared = Message.note.is_(False)
    if actor.is_pole:
        return shared
    if actor.is_partner:
        told = exists().where(
            MessagePartner.message_id == Message.id, MessagePartner.partner_id == actor.organisation_id
        )
        own_note = and_(
            Message.note, Message.side == Side.PARTNER, Message.organisation_id == actor.organisation_id
        )
        return or_(and_(shared, told), own_note)
    if actor.is_cell:
        return or_(shared, Message.side == Side.CELL)
    return false()


def _numbers(actor: Actor) -> Select[int]:
    return readable(actor).with_only_columns(Message.id)


def _link(message_id: int) -> Link:
    said_on = select(SupportRequest.reference).join(Message, Message.request_id == SupportRequest.id)
    return request_link(db.session.scalars(said_on.where(Message.id == message_id)).one())


MESSAGE = Parent(rules.KIND, Message.id, _numbers, _link)
DOCUMENTS_ON = (MESSAGE,)


def _is_unread_by(actor: Actor) -> ColumnElement[bool]:
    """Of a message they may read: somebody else wrote it, since they came, after what they have read."""
    furthest = (
        select(func.max(Reading.read_until))
        .where(
            Reading.person_id == actor.person_id,
            Reading.organisation_id == actor.organisation_id,
            Reading.request_id == Message.request_id,
        )
        .scalar_subquery()
    )
    came = select(Membership.started_at).where(Membership.id == actor.membership_id).scalar_subquery()
    return and_(
        or_(Message.author_id != actor.person_id, Message.guest_id.is_not(None)),
        Message.at >= came,
        Message.id > func.coalesce(furthest, 0),
    )


def unread(actor: Actor, request_ids: Collection[int]) -> Mapping[int, int]:
    """How many messages of each of these requests wait to be read; those without any are left out."""
    if not request_ids:
        return {}
    values = {**named(actor), "request_ids": [*request_ids]}
    return {number: count for number, count, _last in plain_rows(_unread(actor.role), values)}


@cache
def _unread(role: Role) -> Select[int, int, int]:
    """Built once."""
    return _counted(role).where(Message.request_id.in_(bindparam("request_ids", expanding=True)))


def _counted(role: Role) -> Select[int, int, int]:
    """The number of a request, how many of its messages are unread, the last of them."""
    actor = anybody(role)
    return (
        select(Message.request_id, func.count(), func.max(Message.id).label("last"))
        .where(is_readable_by(actor), _is_unread_by(actor))
        .group_by(Message.request_id)
    )


def unread_by(actor: Actor, request_ids: Collection[int], most: int) -> Sequence[tuple[int, int]]:
    """How much waits to be read on these requests, and on so many others where it is said to somebody, the newest
    first; one query."""
    values = {**named(actor), "request_ids": [*request_ids], "told_already": [*request_ids]}
    result = plain_rows(_unread_by(actor.role, most), values)
    return [(number, count) for number, count, _last in sorted(result, key=lambda row: -row[2])]


@cache
def _unread_by(role: Role, most: int) -> CompoundSelect[int, int, int]:
    """Built once."""
    actor, message = anybody(role), aliased(Message)
    lately = select(message.id).where(message.at > when_run(lambda: clock.now() - rules.TO_READ_FOR))
    others = (
        _counted(role)
        .join(Message.request)
        .where(
            Message.id.in_(lately),
            Message.request_id.not_in(bindparam("told_already", expanding=True)),
            is_visible_to(actor),
            _is_said_to(actor),
        )
        .order_by(func.max(Message.id).desc())
        .limit(most)
    )
    return union_all(_unread(role), select(others.subquery()))


def _is_said_to(actor: Actor) -> ColumnElement[bool]:
    """It names them, or is of a guest or a request of theirs; to a cell, the pole wrote to it alone (EXISTS: slow)."""
    mentions = MessageMention.message_id == Message.id, MessageMention.person_id == actor.person_id
    named = or_(exists().where(*mentions), Message.guest_id.in_(invited_by(actor)))
    if actor.is_cell:
        told = select(func.min(MessagePartner.partner_id)).where(MessagePartner.message_id == Message.id)
        return or_(named, and_(Message.side == Side.POLE, told.scalar_subquery().is_(None)))
    return or_(named, belongs(actor, Whose.MINE))


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as its reader has it, its author and their organisation by name. `guest`: its author, and who they
    are, where it is a guest of that organisation. `names_people`, `has_documents`: there are some to be read."""

    message: Message
    author: str | None
    organisation: str | None
    guest: str | None
    is_new: bool
    names_people: bool
    has_documents: bool


def thread(actor: Actor, request_id: int, before: int | None = None) -> tuple[list[Heard], bool]:
    """The last messages that somebody may read of a request, oldest first, and whether there are earlier ones."""
    values = {**named(actor), "request_id": request_id, "before": before}
    messages = [Heard(*row) for row in db.session.execute(_thread(actor.role, before is not None), values)]
    return messages[: rules.SHOWN][::-1], len(messages) > rules.SHOWN


@cache
def _thread(role: Role, is_earlier: bool) -> Select[*tuple[Any, ...]]:
    """Built once."""
    actor = anybody(role)
    statement = (
        select(
            Message,
            accounts.name_of(Person),
            Organisation.name,
            Guest.name + ", " + Guest.role,
            _is_unread_by(actor),
            exists().where(MessageMention.message_id == Message.id),
            exists().where(Document.kind == rules.KIND, Document.parent_id == Message.id),
        )
        .outerjoin(Message.author)
        .outerjoin(Guest, Guest.id == Message.guest_id)
        .outerjoin(Message.organisation)
        .where(Message.request_id == bindparam("request_id"), is_readable_by(actor))
        .order_by(Message.id.desc())
        .limit(rules.SHOWN + 1)
    )
    return statement.where(Message.id < bindparam("before")) if is_earlier else statement


def mentioned(message_ids: Collection[int]) -> Mapping[int, list[tuple[int, str]]]:
    """Who is named in each of these messages: number and name."""
    if not message_ids:
        return {}
    names_of: dict[int, list[tuple[int, str]]] = {}
    for message_id, person_id, name in plain_rows(_mentioned(), {"message_ids": [*message_ids]}):
        names_of.setdefault(message_id, []).append((person_id, name))
    return names_of


@cache
def _mentioned() -> Select[int, int, str]:
    """Built once."""
    return (
        select(MessageMention.message_id, Person.id, accounts.name_of(Person))
        .join(Person, Person.id == MessageMention.person_id)
        .where(MessageMention.message_id.in_(bindparam("message_ids", expanding=True)))
        .order_by(Person.name_key, Person.id)
    )


def partners_told(message_ids: Collection[int]) -> Mapping[int, list[str]]:
    """The partners that read each of these messages, by name."""
    told: dict[int, list[str]] = {}
    for message_id, name in plain_rows(_partners_told(), {"message_ids": [*message_ids]}):
        told.setdefault(message_id, []).append(name)
    return told


@cache
def _partners_told() -> Select[int, str]:
    """Built once."""
    return (
        select(MessagePartner.message_id, Organisation.name)
        .join(Organisation, Organisation.id == MessagePartner.partner_id)
        .where(MessagePartner.message_id.in_(bindparam("message_ids", expanding=True)))
        .order_by(Organisation.name_key, Organisation.id)
    )


def one_readable(actor: Actor, message_id: int) -> Message | None:
    """A message that somebody may read, and that is no note."""
    return db.session.scalar(readable(actor).where(Message.id == message_id, Message.note.is_(False)))


@dataclass(frozen=True, slots=True)
class Readers:
    """The organisations whose people read something: these, and, `with_cells`, those that read the requests of a
    region: its own, and the national one."""

    organisation_ids: Collection[int]
    region_code: str
    with_cells: bool

    def named(self) -> Mapping[str, Any]:
        """Which, for a statement that is built once."""
        return {"organisation_ids": [*self.organisation_ids], "region_code": self.region_code}


def teams_that_saw(actor: Actor, message: Message, readers: Readers) -> Sequence[tuple[str, datetime]]:
    """Which other organisations read a message that these may read, by name, and when somebody there did first."""
    values = {**named(actor), **readers.named(), "request_id": message.request_id, "message_id": message.id}
    return [(name, at) for name, at in plain_rows(_teams_that_saw(readers.with_cells), values)]


@cache
def _teams_that_saw(with_cells: bool) -> Select[str, datetime]:
    """Built once."""
    return (
        select(Organisation.name, func.min(Reading.at, type_=Reading.at.type))
        .join(Organisation, Organisation.id == Reading.organisation_id)
        .where(
            Reading.request_id == bindparam("request_id"),
            Reading.read_until >= bindparam("message_id"),
            Reading.organisation_id != bindparam("organisation_id"),
            _is_one_of(with_cells),
        )
        .group_by(Organisation.id, Organisation.name, Organisation.name_key)
        .order_by(Organisation.name_key, Organisation.id)
    )


def draft(actor: Actor, request_id: int) -> MessageDraft | None:
    """What somebody has not sent, written for the organisation they act for."""
    return db.session.scalar(_draft(), {**named(actor), "request_id": request_id})


@cache
def _draft() -> Select[MessageDraft]:
    """Built once."""
    return select(MessageDraft).where(
        MessageDraft.person_id == bindparam("person_id"),
        MessageDraft.organisation_id == bindparam("organisation_id"),
        MessageDraft.request_id == bindparam("request_id"),
    )


def by_once(request_id: int, once: str) -> Message | None:
    """The message that a form already sent."""
    return db.session.scalar(select(Message).where(Message.request_id == request_id, Message.once == once))


def heard_by(message: Message) -> Reach:
    """Who reads a message."""
    partners = select(MessagePartner.partner_id).where(MessagePartner.message_id == message.id)
    guests = select(MessageGuest.guest_id).where(MessageGuest.message_id == message.id)
    return Reach(frozenset(db.session.scalars(partners)), message.note, frozenset(db.session.scalars(guests)))


def at_work(request: SupportRequest) -> dict[int, str]:
    """The partners that take part in the conversation now: numbers and names."""
    return {
        assignment.partner_id: assignment.partner.name
        for assignment in request.assignments
        if assignment.state in AT_WORK
    }


def readers(actor: Actor, request: SupportRequest, reaches: Iterable[Reach]) -> Readers:
    """Whose people read what somebody says on a request with one of these reaches."""
    some = list(reaches)
    side, own = rules.side_of(actor), actor.organisation_id
    ids = {partner_id for reach in some for partner_id in reach.partner_ids}
    if any(not reach.note for reach in some):
        ids.add(request.pole_id)
    if rules.NOTE in some:
        ids.add(own)
    with_cells = side is Side.CELL or not all(reach.note for reach in some)
    return Readers(ids, request.region_code or "", with_cells)


def _is_one_of(with_cells: bool) -> ColumnElement[bool]:
    """Of an organisation: it is one of the `Readers` that are named when this is asked."""
    here: BindParameter[Any] = bindparam("organisation_ids", expanding=True)
    if not with_cells:
        return Organisation.id.in_(here)
    body, cell = aliased(Organisation), aliased(Organisation)
    national = select(body.id).where(or_(body.id.in_(here), body.kind == OrganisationKind.NATIONAL_CELL))
    regional = (
        select(Coverage.organisation_id)
        .join(cell, cell.id == Coverage.organisation_id)
        .where(Coverage.region_code == bindparam("region_code"), cell.kind == OrganisationKind.REGIONAL_CELL)
    )
    return Organisation.id.in_(union_all(national, regional))


def people(readers: Readers) -> Sequence[Membership]:
    """The current people of the active ones of some organisations, with both, by name."""
    return db.session.scalars(_people(readers.with_cells), readers.named()).all()


@cache
def _people(with_cells: bool) -> Select[Membership]:
    """Built once."""
    loaded = contains_eager(Membership.person), contains_eager(Membership.organisation)
    return _memberships(with_cells).options(*loaded)


def names(readers: Readers) -> Sequence[Row[int, str, str]]:
    """The same people: number, name, and the organisation's."""
    return plain_rows(_names(readers.with_cells), readers.named()).all()


@cache
def _names(with_cells: bool) -> Select[int, str, str]:
    """Built once."""
    shown = Membership.person_id, accounts.name_of(Person), Organisation.name
    return _memberships(with_cells).with_only_columns(*shown)


def _memberships(with_cells: bool) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.person)
        .join(Membership.organisation)
        .where(
            _is_one_of(with_cells),
            Membership.ended_at.is_(None),
            Person.active,
            Organisation.active,
        )
        .order_by(Person.name_key, Membership.id)
    )


def cell_wrote(request_id: int) -> bool:
    """Does a cell take part in the conversation of a request?"""
    wrote = exists().where(
        Message.request_id == request_id, Message.side == Side.CELL, Message.note.is_(False)
    )
    return bool(db.session.scalar(select(wrote)))
