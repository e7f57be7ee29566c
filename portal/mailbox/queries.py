"""What an answer that came by e-mail is of, and who may give it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select

from portal import clock
from portal.access.roles import Actor
from portal.accounts import queries as people
from portal.accounts.models import Person
from portal.conversation import queries as conversation
from portal.conversation.models import Message
from portal.db import db
from portal.documents import queries as documents
from portal.documents.models import Document
from portal.documents.rules import Sender
from portal.mailbox.models import ReceivedEmail
from portal.notifications.models import OutboxEmail
from portal.notifications.rules import BODIES_KEPT, ROWS_KEPT
from portal.requests import queries as requests
from portal.requests.models import Assignment, SupportRequest


class Answered(NamedTuple):
    """An e-mail of ours that is answered: who got it, in which language, and what an answer to it is of."""

    recipient: str
    language: str
    answers: str


def answered(email_id: int) -> Answered | None:
    """None: nothing is kept of it, or it takes no answer."""
    statement = select(OutboxEmail.recipient, OutboxEmail.language, OutboxEmail.answers)
    row = db.session.execute(statement.where(OutboxEmail.id == email_id)).first()
    return Answered(row[0], row[1], row[2]) if row and row[2] else None


def reader(recipient: str, sender: str) -> Person | None:
    """Whose answer it is, with their `choices`: of who got the e-mail; of a shared mailbox, of a member who writes from
    their own."""
    person = people.by_email(recipient)
    if person is None:
        person = people.by_email(sender)
        boxes = (
            [membership.organisation.shared_mailbox for membership in person.memberships] if person else []
        )
        if recipient not in boxes:
            return None
    return person if person and person.active else None


def message(person: Person, number: int) -> tuple[Actor, str, Message] | None:
    """A message that they may read now, for whom, and the request it is on."""
    for actor in person.choices:
        stored = db.session.scalar(conversation.readable(actor).where(Message.id == number))
        if stored is not None:
            return actor, requests.reference_of(stored.request_id), stored
    return None


def part(person: Person, number: int) -> tuple[Actor, str, Assignment] | None:
    """One partner's part of a request that they may read now, for whom, and the request."""
    for actor in person.choices:
        statement = (
            select(Assignment, SupportRequest.reference)
            .join(Assignment.request)
            .where(Assignment.id == number, requests.is_visible_to(actor), requests.owned_by(actor))
        )
        row = db.session.execute(statement).first()
        if row is not None:
            return actor, row[1], row[0]
    return None


def held(person_id: int, received_id: int) -> ReceivedEmail | None:
    """One that waits for their word; nobody else sees it."""
    return db.session.scalar(_held(person_id, received_id))


def locked_held(person_id: int, received_id: int) -> ReceivedEmail | None:
    """The same, which nobody else decides about until the transaction ends."""
    fresh = _held(person_id, received_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(fresh)


def _held(person_id: int, received_id: int) -> Select[ReceivedEmail]:
    is_theirs = ReceivedEmail.person_id == person_id, ReceivedEmail.text.is_not(None)
    return select(ReceivedEmail).where(ReceivedEmail.id == received_id, *is_theirs)


def is_old() -> ColumnElement[bool]:
    """Longer ago than anything of an e-mail is kept."""
    return ReceivedEmail.at < clock.days_ago(ROWS_KEPT)


def is_held_for_long() -> ColumnElement[bool]:
    """Nobody said in a month whether it is theirs."""
    return and_(ReceivedEmail.text.is_not(None), ReceivedEmail.at < clock.days_ago(BODIES_KEPT))


def is_known(key: str) -> bool:
    """Was it taken before?"""
    return db.session.scalar(select(ReceivedEmail.id).where(ReceivedEmail.key == key)) is not None


def number_of(key: str) -> int:
    return db.session.scalars(select(ReceivedEmail.id).where(ReceivedEmail.key == key)).one()


def documents_of(person_id: int, form: str) -> Sequence[Document]:
    """What came with an answer that is held."""
    return documents.kept_for(Sender(person_id), form)
