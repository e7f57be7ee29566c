"""Which documents there are, and who may read them: whoever may read what each is on, asked each time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from portal import clock
from portal.access.roles import Actor
from portal.db import db, require_transaction, when_run, written
from portal.documents import rules
from portal.documents.models import Document
from portal.documents.rules import Sender
from portal.feature import features
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.web.links import Link


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """What documents can be on, as a feature declares it.

    `kind`: what is stored. `number`: the column that holds its numbers. `readable_by`: the numbers of those that
    somebody may read now. `link`: what one is called, with its page.
    """

    kind: str
    number: InstrumentedAttribute[int]
    readable_by: Callable[[Actor], Select[int]]
    link: Callable[[int], Link]


def parents() -> Mapping[str, Parent]:
    """Everything that documents can be on, by kind."""
    return {parent.kind: parent for feature in features() for parent in feature.documents_on}


def is_readable_by(actor: Actor) -> ColumnElement[bool]:
    """Is it on something that they may read?"""
    conditions = (
        and_(Document.kind == parent.kind, Document.parent_id.in_(parent.readable_by(actor)))
        for parent in parents().values()
    )
    return or_(false(), *conditions)


def get(actor: Actor, document_id: int) -> Document | None:
    """One that somebody may read."""
    statement = select(Document).where(Document.id == document_id, is_readable_by(actor))
    return db.session.scalar(statement.options(joinedload(Document.file)))


def of_file(file_id: int) -> Document | None:
    """The document of a file, with who sent it."""
    statement = select(Document).where(Document.file_id == file_id)
    return db.session.scalar(statement.options(joinedload(Document.file), joinedload(Document.sent_by)))


def of(parents: Mapping[Parent, Collection[int]]) -> Sequence[Document]:
    """All that is on some things, oldest first; the caller has asked who may read them."""
    ids = {parent.kind: [*numbers] for parent, numbers in parents.items() if numbers}
    return db.session.scalars(_of(tuple(ids)), ids).all() if ids else ()


@cache
def _of(kinds: tuple[str, ...]) -> Select[Document]:
    """Built once; the numbers of each kind are named like it."""
    places = (
        and_(Document.kind == written(kind), Document.parent_id.in_(bindparam(kind, expanding=True)))
        for kind in kinds
    )
    loaded = joinedload(Document.file), joinedload(Document.sent_by)
    return select(Document).where(or_(*places)).options(*loaded).order_by(Document.id)


def kept_for(sender: Sender, form: str) -> Sequence[Document]:
    """What somebody sent with a form that was refused, and may still take, oldest first."""
    values = {"sender_id": sender.guest_id or sender.person_id, "form": form}
    return db.session.scalars(_kept_for(is_guest=sender.guest_id is not None), values).all()


@cache
def _kept_for(*, is_guest: bool) -> Select[Document]:
    """Built once."""
    sent_by = Document.guest_id if is_guest else Document.sent_by_id
    kept = and_(sent_by == bindparam("sender_id"), Document.form == bindparam("form"))
    return (
        select(Document)
        .join(Document.file)
        .where(kept, ~is_forgotten(), StoredFile.state != FileState.INFECTED)
        .options(contains_eager(Document.file))
        .order_by(Document.id)
    )


def locked(which: ColumnElement[bool]) -> Sequence[Document]:
    """Some documents with their files, which nobody else takes or removes until the transaction ends."""
    require_transaction()
    statement = select(Document).where(which).order_by(Document.id).with_for_update(of=Document)
    fresh = statement.execution_options(populate_existing=True)
    return db.session.scalars(fresh.options(joinedload(Document.file, innerjoin=True))).all()


def is_sent_by(sender: Sender) -> ColumnElement[bool]:
    """Sent by somebody."""
    if sender.guest_id is not None:
        return Document.guest_id == sender.guest_id
    return Document.sent_by_id == sender.person_id


def is_own(sender: Sender, document_ids: Collection[int]) -> ColumnElement[bool]:
    """One of these, sent by somebody."""
    return and_(Document.id.in_(document_ids), is_sent_by(sender))


def is_kept_for(sender: Sender, form: str) -> ColumnElement[bool]:
    """Waits for a form of somebody."""
    return and_(is_sent_by(sender), Document.form == form)


def is_forgotten() -> ColumnElement[bool]:
    """Its form never came back."""
    return and_(Document.kind.is_(None), Document.sent_at < when_run(lambda: clock.days_ago(rules.KEPT)))


def is_on(parent: Parent, parent_ids: Collection[int]) -> ColumnElement[bool]:
    """On one of these."""
    return and_(Document.kind == parent.kind, Document.parent_id.in_(parent_ids))


def without_parent(parent: Parent) -> Select[Any]:
    """The documents whose parent is no more."""
    there = select(parent.number).where(parent.number == Document.parent_id).exists()
    return select(Document.id).where(Document.kind == parent.kind, ~there).order_by(Document.id)
