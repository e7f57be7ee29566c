"""The organisations that people keep and follow."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload, with_polymorphic

from portal import clock
from portal.access.roles import Actor, Role
from portal.db import db, one_at_a_time, require_transaction, when_run
from portal.organisations.facts.rules import NEEDED
from portal.organisations.models import Coverage, Organisation, Pole
from portal.organisations.rules import OrganisationKind, Standing
from portal.territories.reference import DEPARTMENTS, departments_of
from portal.territories.reference import named_like as named_like_places
from portal.text import search_key

_Any: Any = with_polymorphic(Organisation, [Pole])
"""Organisations of every kind, with the columns of poles, which would else be read one by one."""


def named_like(entity: Any, text: str) -> list[ColumnElement[bool]]:
    """Each word of a search must be in the name, whatever its accents and case."""
    return [entity.name_key.contains(word, autoescape=True) for word in search_key(text).split()]


def pole_like(pole: Any, text: str) -> list[ColumnElement[bool]]:
    """Each word of a search must be in what lists show of a pole: its name, town, department or region."""
    conditions = []
    for word in search_key(text).split():
        regions, departments = named_like_places(word)
        conditions.append(
            or_(
                pole.name_key.contains(word, autoescape=True),
                pole.town_key.contains(word, autoescape=True),
                pole.region_code.in_(regions),
                pole.department_code.in_(departments),
            )
        )
    return conditions


def _listed_like(text: str) -> list[ColumnElement[bool]]:
    """The same for organisations of every kind: those that work somewhere are found by their places too."""
    conditions = []
    for word in search_key(text).split():
        regions, departments = named_like_places(word)
        covers = or_(Coverage.region_code.in_(regions), Coverage.department_code.in_(departments))
        conditions.append(
            or_(
                _Any.name_key.contains(word, autoescape=True),
                _Any.Pole.town_key.contains(word, autoescape=True),
                _Any.Pole.region_code.in_(regions),
                _Any.coverages.any(covers),
            )
        )
    return conditions


def count(statement: Select[Any]) -> int:
    """How many rows a list has, all pages together."""
    rows = statement.order_by(None).options().subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def pole(pole_id: int) -> Pole | None:
    """Any pole, of the register or not."""
    return db.session.scalars(select(Pole).where(Pole.id == pole_id)).one_or_none()


def own_pole(actor: Actor | None) -> Pole | None:
    """The pole that a reader acts for."""
    return pole(actor.organisation_id) if actor and actor.is_pole else None


def visible_to(actor: Actor) -> Select[Organisation]:
    """What an actor may read about: everything for the national cell; for a regional one the poles of its
    regions and whoever works there; their own organisation for others. Columns of poles included."""
    return select(_Any).where(_is_visible_to(actor))


def readable_numbers(actor: Actor) -> Select[int]:
    """The same by number, to be part of a query."""
    return visible_to(actor).with_only_columns(_Any.id)


def _is_visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.NATIONAL_ADMIN:
        return true()
    if actor.role is Role.REGIONAL_ADMIN:
        return or_(_is_in(actor.region_codes), _works_in(actor.region_codes))
    own: ColumnElement[bool] = _Any.id == actor.organisation_id
    return own


def _is_in(region_codes: frozenset[str]) -> ColumnElement[bool]:
    return and_(_Any.kind == OrganisationKind.POLE, _Any.Pole.region_code.in_(region_codes))


def _works_in(region_codes: frozenset[str]) -> ColumnElement[bool]:
    departments = [department.code for code in region_codes for department in departments_of(code)]
    here: ColumnElement[bool] = _Any.coverages.any(
        or_(
            Coverage.region_code.in_(region_codes),
            Coverage.department_code.in_(departments),
            and_(Coverage.region_code.is_(None), Coverage.department_code.is_(None)),
        )
    )
    return here


def directory(
    actor: Actor, text: str, kind: OrganisationKind | None, standing: Standing = Standing.ACTIVE
) -> Select[Organisation]:
    """The organisations an actor may read about that stand so, by name, coverages loaded."""
    statement = visible_to(actor).where(*_stands(standing), *_listed_like(text))
    if kind:
        statement = statement.where(_Any.kind == kind)
    return statement.options(selectinload(_Any.coverages)).order_by(_Any.name_key, _Any.id)


def _stands(standing: Standing) -> list[ColumnElement[bool]]:
    match standing:
        case Standing.ACTIVE:
            return [_Any.active]
        case Standing.INCOMPLETE:
            return [_Any.active, is_incomplete()]
        case Standing.INACTIVE:
            return [~_Any.active, _Any.merged_into_id.is_(None)]
        case Standing.MERGED:
            return [_Any.merged_into_id.is_not(None)]


def is_incomplete() -> ColumnElement[bool]:
    """Is anything NEEDED missing? `facts.rules.missing` says it of one record."""
    return or_(*(and_(_Any.kind == kind, _lacks(needed.values())) for kind, needed in NEEDED.items()))


def _lacks(needed: Iterable[Sequence[str]]) -> ColumnElement[bool]:
    """Is everything empty that says one of the needed?"""
    return or_(*(and_(*map(_is_empty, said_by)) for said_by in needed))


def _is_empty(name: str) -> ColumnElement[bool]:
    if name == "coverages":
        nowhere: ColumnElement[bool] = ~_Any.coverages.any()
        return nowhere
    return func.coalesce(func.length(getattr(_Any.Pole, name)), 0) == 0


def readable(actor: Actor, organisation_id: int, also: Select[int]) -> Organisation | None:
    """An organisation the actor may read about, with all there is to say about it; `also`: the numbers of those
    that its work lets it read about."""
    may_read = or_(_is_visible_to(actor), _Any.id.in_(also))
    return _whole(select(_Any).where(_Any.id == organisation_id, may_read))


def editable_by(actor: Actor) -> Select[Organisation]:
    """The records an actor keeps: everything for the national cell, one's own organisation and, for a regional
    cell, the poles of its regions; never one that was merged into another."""
    statement = select(_Any).where(_Any.merged_into_id.is_(None))
    if actor.role is Role.NATIONAL_ADMIN:
        return statement
    own = _Any.id == actor.organisation_id
    if actor.role is Role.REGIONAL_ADMIN:
        return statement.where(or_(own, _is_in(actor.region_codes)))
    return statement.where(own)


def editable(actor: Actor, organisation_id: int) -> Organisation | None:
    """A record the actor keeps, with all there is to say about it."""
    return _whole(editable_by(actor).where(_Any.id == organisation_id))


def is_editable(actor: Actor, organisation_id: int) -> bool:
    """Does the actor keep this record?"""
    statement = editable_by(actor).where(_Any.id == organisation_id).with_only_columns(_Any.id)
    return db.session.scalar(statement) is not None


def _whole(statement: Select[Organisation]) -> Organisation | None:
    """Poles have no places nor absences, others no sectors: what is joined is never multiplied."""
    pole = _Any.Pole
    options = (
        joinedload(_Any.coverages),
        joinedload(pole.sectors),
        *(
            selectinload(relation)
            for relation in (_Any.absences, pole.recognitions, pole.stage_changes, pole.members)
        ),
    )
    return db.session.scalars(statement.options(*options)).unique().one_or_none()


def locked(organisation_ids: Collection[int], *, shared_key: bool = False) -> Sequence[Organisation]:
    """Organisations with all there is to say about them, fresh and locked until the transaction ends, by number.

    `shared_key`: rows that point to them may be written meanwhile, as the events of what they do.
    """
    require_transaction()
    pole = _Any.Pole
    collections = (
        _Any.coverages,
        _Any.absences,
        pole.sectors,
        pole.recognitions,
        pole.stage_changes,
        pole.members,
    )
    statement = (
        select(_Any)
        .where(_Any.id.in_(organisation_ids))
        .options(*(selectinload(collection) for collection in collections))
        .order_by(_Any.id)
        .with_for_update(key_share=shared_key)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).all()


def successors(organisation: Organisation) -> Sequence[tuple[int, str]]:
    """Who may take over from an organisation: the other active ones of its kind, number and name, in French order."""
    statement = select(Organisation.id, Organisation.name).where(
        Organisation.kind == organisation.kind, Organisation.active, Organisation.id != organisation.id
    )
    rows = db.session.execute(statement.order_by(Organisation.name_key, Organisation.id))
    return [(number, name) for number, name in rows]


def to_end(actor: Actor, organisation_id: int) -> Organisation | None:
    """A record the actor keeps, with no more than its columns and its places."""
    statement = editable_by(actor).where(_Any.id == organisation_id).options(joinedload(_Any.coverages))
    return db.session.scalars(statement).unique().one_or_none()


def ended() -> Sequence[Organisation]:
    """The poles and partners that no longer use the portal, by number; not those merged into another."""
    kinds = (OrganisationKind.POLE, OrganisationKind.PARTNER)
    statement = select(_Any).where(~_Any.active, _Any.merged_into_id.is_(None), _Any.kind.in_(kinds))
    return db.session.scalars(statement.order_by(_Any.id)).all()


def name_of(organisation_id: int) -> str:
    """What an organisation is called."""
    return db.session.scalars(select(Organisation.name).where(Organisation.id == organisation_id)).one()


def kept_id(organisation_id: int) -> int | None:
    """The record that this one was merged into, or None."""
    return db.session.scalar(select(Organisation.merged_into_id).where(Organisation.id == organisation_id))


def possible_doubles(kept: Organisation, text: str) -> Sequence[Organisation]:
    """Records of the same kind that could be the same organisation, the first twenty by name."""
    like = pole_like(_Any.Pole, text) if kept.kind is OrganisationKind.POLE else named_like(_Any, text)
    statement = select(_Any).where(
        _Any.kind == kept.kind, _Any.id != kept.id, _Any.merged_into_id.is_(None), *like
    )
    return db.session.scalars(statement.order_by(_Any.name_key, _Any.id).limit(20)).all()


def lock_names() -> None:
    """Let one transaction at a time give names to organisations; before any record is locked."""
    one_at_a_time("names of organisations")


def same_name(kind: OrganisationKind, name_key: str, but: int | None = None) -> bool:
    """Does an organisation of this kind that is not merged away have this name already? `but`: one left aside."""
    statement = select(Organisation.id).where(
        Organisation.kind == kind,
        Organisation.name_key == name_key,
        Organisation.merged_into_id.is_(None),
        Organisation.id != (but or 0),
    )
    return db.session.scalar(statement.limit(1)) is not None


def covering(region_code: str | None, department_code: str | None, of: Any = Coverage) -> ColumnElement[bool]:
    """`rules.covers` in SQL, of a row that holds a place: what is not known is held by the whole country alone."""
    held = [and_(of.region_code.is_(None), of.department_code.is_(None))]
    if region_code is not None:
        held.append(of.region_code == region_code)
    if department_code is not None:
        held.append(of.department_code == department_code)
    return or_(*held)


def is_over(day: Any, where: Any) -> ColumnElement[bool]:
    """Is a day over where it counts, by `where` its department and region? `clock.is_over` says it of one row."""
    overseas = ((lies_in(where, code), _today_in(code)) for code in clock.OVERSEAS)
    latest = when_run(lambda: max(map(clock.today, (None, *clock.OVERSEAS))))
    return and_(
        day < latest, day < case(*overseas, else_=_today_in(None))
    )  # the first finds rows by their index


def _today_in(code: str | None) -> BindParameter[date]:
    return when_run(partial(clock.today, code), Date())


def lies_in(where: Any, department_code: str) -> ColumnElement[bool]:
    """Does a place, of a department or a region alone, have the clocks of an overseas department?"""
    region = DEPARTMENTS[department_code].region_code
    return or_(
        where.department_code == department_code,
        and_(where.department_code.is_(None), where.region_code == region),
    )


def place_of(organisation_id: int | None) -> str | None:
    """The department where the people of an organisation work, or None: in Paris's time."""
    statement = select(Organisation).where(Organisation.id == organisation_id)
    organisation = db.session.scalar(statement.options(selectinload(Organisation.coverages)))
    return organisation.place if organisation else None


def cells_that_follow(region_code: str) -> Sequence[Organisation]:
    """The active cells of a region, by number."""
    statement = select(Organisation).where(
        Organisation.kind == OrganisationKind.REGIONAL_CELL,
        Organisation.active,
        Organisation.coverages.any(Coverage.region_code == region_code),
    )
    return db.session.scalars(statement.order_by(Organisation.id)).all()


def is_today(absence: Any) -> ColumnElement[bool]:
    """Is it one of the days of an absence, of an organisation or a person?"""
    today = when_run(clock.today)
    return and_(absence.starts_on <= today, absence.ends_on >= today)
