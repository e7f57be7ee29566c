"""A page of a folder: its rows, found by their keys, or looked for and put in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, bindparam, func, select, true

from portal.access.roles import Actor, Role
from portal.db import db
from portal.organisations.models import Pole
from portal.requests.inbox.queries import Folder, belongs, keys, matching
from portal.requests.listing.rules import Filters, Order, Whose
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named, owned_by
from portal.requests.rows.queries import columns, read, rows
from portal.requests.rows.rules import Row
from portal.requests.steps import AssignmentState
from portal.web.pagination import Page, keyset_page, numbered_page


def page(actor: Actor, folder: Folder | None, filters: Filters) -> Page:
    """A page of a folder (None: all one sees)."""
    if filters == Filters(whose=filters.whose):
        return numbered_page(partial(_read, actor, folder, filters.whose))
    listed = keyset_page(_listing(actor, folder, filters))
    return replace(listed, rows=rows(actor, listed.rows))


def numbers(actor: Actor, folder: Folder | None, filters: Filters, most: int) -> Sequence[int]:
    """All that such a list holds, in its order."""
    return db.session.scalars(_listing(actor, folder, filters).limit(most)).all()


def _read(
    actor: Actor, folder: Folder | None, whose: Whose, mark: int | None, most: int, *, back: bool
) -> Sequence[Row]:
    """The rows that follow a number in a folder, or come before it, in its order."""
    oldest_first = folder is not None and folder.waits_for_us
    slug = folder.slug if folder else None
    statement = _page(
        actor.role, slug, whose, most, ascending=oldest_first is not back, is_first=mark is None
    )
    read_rows = read(statement, {**named(actor), "mark": mark})
    return read_rows if oldest_first else read_rows[::-1]


@cache
def _page(
    role: Role, slug: str | None, whose: Whose, most: int, *, ascending: bool, is_first: bool
) -> Select[*tuple[Any, ...]]:
    """Built once."""
    statement = keys(role, slug, whose)
    key = statement.selected_columns[0]
    if not is_first:
        statement = statement.where(key > bindparam("mark") if ascending else key < bindparam("mark"))
    statement = statement.order_by(key.asc() if ascending else key.desc()).limit(most)
    return columns(role).where(SupportRequest.id.in_(statement))


def _listing(actor: Actor, folder: Folder | None, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The requests of a folder that match, by number, in a total order: built anew for what is looked for."""
    inside = folder.condition if folder else true()
    statement = select(SupportRequest.id).where(
        is_visible_to(actor), inside, belongs(anybody(actor.role), filters.whose)
    )
    return _ordered(actor, matching(actor, statement.params(named(actor)), filters), folder, filters.order)


def _ordered(
    actor: Actor, statement: Select[int], folder: Folder | None, order: Order
) -> Select[*tuple[Any, ...]]:
    """What is due at no time comes last."""
    number = SupportRequest.id
    match order:
        case Order.POLE:
            return statement.join(Pole, Pole.id == SupportRequest.pole_id).order_by(Pole.name_key, number)
        case Order.DUE:
            due = select(func.min(Assignment.due_on)).where(
                Assignment.request_id == number,
                Assignment.state == AssignmentState.PROPOSED,
                owned_by(actor),
            )
            return statement.order_by(func.coalesce(due.scalar_subquery(), date.max), number)
        case Order.OLDEST:
            return statement.order_by(number)
        case Order.NEWEST:
            return statement.order_by(number.desc())
        case Order.USUAL:
            oldest_first = folder is not None and folder.waits_for_us
            return statement.order_by(number.asc() if oldest_first else number.desc())
