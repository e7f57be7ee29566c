"""Entries of the journal, newest first."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.clock import PARIS
from portal.db import db
from portal.journal.models import JournalEntry
from portal.journal.rules import Filters, Subject
from portal.text import search_key

BATCH = 500

Related = Mapping[Subject, Collection[int]]


def entries(filters: Filters, related: Related) -> Select[JournalEntry]:
    """The entries that match, newest first; `related`: what else belongs to the history of the subject asked for."""
    statement = select(JournalEntry).where(*_matching(filters, related))
    return statement.order_by(JournalEntry.at.desc(), JournalEntry.id.desc())


def _matching(filters: Filters, related: Related) -> list[ColumnElement[bool]]:
    words = search_key(filters.text).split()
    conditions = [JournalEntry.search_text.contains(word, autoescape=True) for word in words]
    if filters.act:
        conditions.append(JournalEntry.act == filters.act)
    if filters.subject and filters.subject_id is not None:
        conditions.append(_history(filters.subject, filters.subject_id, related))
    elif filters.subject:
        conditions.append(JournalEntry.subject == filters.subject)
    if filters.actor_id is not None:
        conditions.append(JournalEntry.actor_id == filters.actor_id)
    if filters.first:
        conditions.append(JournalEntry.at >= _midnight(filters.first))
    if filters.last:
        conditions.append(JournalEntry.at < _midnight(filters.last + timedelta(days=1)))
    return conditions


def _history(subject: Subject, subject_id: int, related: Related) -> ColumnElement[bool]:
    own = and_(JournalEntry.subject == subject, JournalEntry.subject_id == subject_id)
    others = [
        and_(JournalEntry.subject == other, JournalEntry.subject_id.in_(numbers))
        for other, numbers in related.items()
        if numbers
    ]
    return or_(own, *others)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)


def last_name_of(subject: Subject, subject_id: int) -> str | None:
    """What a subject was called in its last entry."""
    statement = (
        select(JournalEntry.subject_name)
        .where(JournalEntry.subject == subject, JournalEntry.subject_id == subject_id)
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    )
    return db.session.scalar(statement.limit(1))


def last_name_of_actor(actor_id: int) -> str | None:
    """What whoever did something was called the last time."""
    statement = (
        select(JournalEntry.actor_name)
        .where(JournalEntry.actor_id == actor_id)
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    )
    return db.session.scalar(statement.limit(1))


def each(filters: Filters, related: Related) -> Iterator[JournalEntry]:
    """Every entry that matches, newest first, a few hundred in memory at a time."""
    statement = entries(filters, related).limit(BATCH)
    batch = db.session.scalars(statement).all()
    while batch:
        yield from batch
        last = batch[-1]
        older = or_(JournalEntry.at < last.at, and_(JournalEntry.at == last.at, JournalEntry.id < last.id))
        batch = db.session.scalars(statement.where(older)).all()
