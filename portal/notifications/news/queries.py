"""What is new for somebody: the e-mails written to them, however they get them, that they have not looked at here."""

from collections.abc import Collection
from functools import cache
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import load_only

from portal.access.roles import Actor
from portal.db import plain_rows
from portal.notifications.models import OutboxEmail

_KEPT = "news_count"
MOST = 99
"""Beyond, nobody counts."""


def is_of(actor: Actor) -> ColumnElement[bool]:
    """Of an e-mail: written to somebody for the organisation they act for, or for none in particular."""
    return _is_of(actor.person_id, actor.organisation_id)


def _is_of(person_id: Any, organisation_id: Any) -> ColumnElement[bool]:
    here = OutboxEmail.organisation_id
    return (OutboxEmail.person_id == person_id) & or_(here == organisation_id, here.is_(None))


def count(actor: Actor) -> int:
    """How many they have not looked at, up to one more than `MOST`."""
    who = {"person_id": actor.person_id, "organisation_id": actor.organisation_id}
    return plain_rows(_count(MOST + 1), who).scalar_one()


@cache
def _count(most: int) -> Select[int]:
    """Built once."""
    theirs = _is_of(bindparam("person_id"), bindparam("organisation_id"))
    some = select(OutboxEmail.id).where(theirs, OutboxEmail.read_at.is_(None)).limit(most)
    return select(func.count()).select_from(some.subquery())


def count_here(actor: Actor) -> int:
    """The same, asked once for each request."""
    counts: dict[int, int] = g.setdefault(_KEPT, {})
    if actor.membership_id not in counts:
        counts[actor.membership_id] = count(actor)
    return counts[actor.membership_id]


def forget_count() -> None:
    """Ask it again."""
    g.pop(_KEPT, None)


def written(actor: Actor) -> Select[OutboxEmail]:
    """All of it, last first, without its bodies."""
    columns = OutboxEmail.subject, OutboxEmail.thread, OutboxEmail.url, OutboxEmail.created_at
    return (
        select(OutboxEmail)
        .options(load_only(*columns, OutboxEmail.read_at, OutboxEmail.kind, raiseload=True))
        .where(is_of(actor), OutboxEmail.url != "")
        .order_by(OutboxEmail.created_at.desc(), OutboxEmail.id.desc())
    )


def unread(ids: Collection[int], actor: Actor) -> ColumnElement[bool]:
    """Those of these that they have not looked at."""
    return is_of(actor) & OutboxEmail.id.in_(ids) & OutboxEmail.read_at.is_(None)


def unread_of(thread: str, actor: Actor) -> ColumnElement[bool]:
    """Those about a request that they have not looked at."""
    return is_of(actor) & (OutboxEmail.thread == thread) & OutboxEmail.read_at.is_(None)
