"""What lists read of requests: plain rows, by statements that are built once."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, select
from sqlalchemy.orm import aliased

from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.db import plain_rows
from portal.organisations.models import Organisation, Pole
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named, owned_by
from portal.requests.rows.rules import Asker, Assigned, Named, Row


def rows(actor: Actor, request_ids: Sequence[int]) -> list[Row]:
    """These requests, in this order, of which their reader may see the row."""
    if not request_ids:
        return []
    read = plain_rows(_by_id(actor.role), {**named(actor), "request_ids": [*request_ids]})
    by_id = {row.id: row for row in _gathered(read)}
    return [by_id[number] for number in request_ids if number in by_id]


@cache
def _by_id(role: Role) -> Select[*tuple[Any, ...]]:
    """Built once."""
    return columns(role).where(SupportRequest.id.in_(bindparam("request_ids", expanding=True)))


def by_reference(actor: Actor, references: Sequence[str]) -> list[Row]:
    """Those of these requests that their reader may see, in the order of their numbers."""
    statement = columns(actor.role).where(
        SupportRequest.reference.in_(references), is_visible_to(anybody(actor.role))
    )
    return read(statement, named(actor))


def read(statement: Select[*tuple[Any, ...]], values: Any) -> list[Row]:
    """The rows that a statement made of `columns` finds."""
    return _gathered(plain_rows(statement, values))


_PART = (
    Assignment.id,
    Assignment.partner_id,
    Assignment.state,
    Assignment.due_on,
    Assignment.proposed_at,
    Assignment.held_on,
    Assignment.held_days,
    Assignment.resumed_on,
    Assignment.answered_on,
    Assignment.chased_on,
    Assignment.reminded_on,
    Assignment.heard_on,
)


def columns(role: Role) -> Select[*tuple[Any, ...]]:
    """What a row is made of, for a reader of some role: one line for each assignment that they see."""
    actor, referent = anybody(role), aliased(Person)
    pole, partner = aliased(Pole), aliased(Organisation)
    return (
        select(
            SupportRequest.id,
            SupportRequest.reference,
            SupportRequest.subject,
            SupportRequest.state,
            SupportRequest.submitted_at,
            SupportRequest.region_code,
            _own_cell(actor),
            pole.name,
            pole.town,
            pole.department_code,
            pole.region_code,
            Service.name,
            Service.name_en,
            *_PART,
            partner.name,
            accounts.name_of(referent),
        )
        .select_from(SupportRequest)
        .join(pole, pole.id == SupportRequest.pole_id)
        .outerjoin(Service, Service.id == SupportRequest.service_id)
        .outerjoin(Assignment, and_(Assignment.request_id == SupportRequest.id, owned_by(actor)))
        .outerjoin(partner, partner.id == Assignment.partner_id)
        .outerjoin(referent, referent.id == Assignment.referent_id)
        .order_by(SupportRequest.id, Assignment.id)
    )


def _own_cell(actor: Actor) -> ColumnElement[bool]:
    """Is a regional cell at work where the pole was? Partners are not told who looks for a partner."""
    followed = SupportRequest.region_code.in_(accounts.followed_regions())
    return false() if actor.is_partner else func.coalesce(followed, false())


def _gathered(lines: Iterable[Any]) -> list[Row]:
    return [_row([*of_one]) for _id, of_one in groupby(lines, key=lambda line: line[0])]


def _row(lines: Sequence[Any]) -> Row:
    first = lines[0]
    service = Named(*first[11:13]) if first[11] is not None else None
    parts = [_part(line) for line in lines if line[13] is not None]
    return Row(Asker(*first[7:11]), service, parts, *first[:7])


def _part(line: Any) -> Assigned:
    partner, referent = line[25:]
    return Assigned(Named(partner), Named(referent) if referent else None, *line[13:25])
