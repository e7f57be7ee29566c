"""The public register, and the organisations a cell follows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload, with_polymorphic

from portal.access.roles import Actor, Role
from portal.db import db
from portal.organisations.kinds import OrganisationKind, Stage
from portal.organisations.models import Coverage, Organisation, Pole, Recognition
from portal.organisations.rules import RegisterFilters
from portal.territories.reference import departments_of
from portal.text import search_key

_Any: Any = with_polymorphic(Organisation, [Pole])
"""Organisations of every kind, with the columns of poles, which would else be read one by one."""


@dataclass(frozen=True, slots=True)
class RegionCount:
    """How many published poles a region has; `region_code` None: it is not known."""

    region_code: str | None
    poles: int


def _named_like(entity: Any, text: str) -> list[ColumnElement[bool]]:
    """Each word of a search must be in the name, whatever its accents and case."""
    return [entity.name_key.contains(word, autoescape=True) for word in search_key(text).split()]


def register(filters: RegisterFilters) -> Select[Pole]:
    """The published poles by name, recognitions loaded."""
    statement = select(Pole).where(Pole.published.is_(True), Pole.active, *_named_like(Pole, filters.text))
    if filters.region_code:
        statement = statement.where(Pole.region_code == filters.region_code)
    if filters.recognition:
        statement = statement.where(Pole.recognitions.any(Recognition.kind == filters.recognition))
    if filters.stage:
        statement = statement.where(Pole.stage == filters.stage)
    return statement.options(selectinload(Pole.recognitions)).order_by(Pole.name_key, Pole.id)


def count(statement: Select[Any]) -> int:
    """How many rows a list has, all pages together."""
    rows = statement.order_by(None).options().subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def published_by_region() -> list[RegionCount]:
    """The published poles of each region that has any."""
    statement = (
        select(Pole.region_code, func.count())
        .where(Pole.published.is_(True), Pole.active)
        .group_by(Pole.region_code)
    )
    return [RegionCount(code, poles) for code, poles in db.session.execute(statement)]


def published_stages() -> frozenset[Stage]:
    """The stages said of published poles; none when all are unknown."""
    statement = select(Pole.stage).where(Pole.published.is_(True), Pole.stage.is_not(None)).distinct()
    return frozenset(stage for stage in db.session.scalars(statement) if stage)


def count_published() -> int:
    """How many poles the register shows."""
    return sum(region.poles for region in published_by_region())


def published_pole(pole_id: int) -> Pole | None:
    """A pole of the public register, recognitions loaded."""
    statement = (
        select(Pole)
        .where(Pole.id == pole_id, Pole.published.is_(True), Pole.active)
        .options(selectinload(Pole.recognitions))
    )
    return db.session.scalars(statement).one_or_none()


def pole(pole_id: int) -> Pole | None:
    """Any pole, of the register or not."""
    return db.session.scalars(select(Pole).where(Pole.id == pole_id)).one_or_none()


def visible_to(actor: Actor) -> Select[Organisation]:
    """What an actor may read about: everything for the national cell; for a regional one the poles of its
    regions and whoever works there; their own organisation for others. Columns of poles included."""
    statement = select(_Any)
    if actor.role is Role.NATIONAL_ADMIN:
        return statement
    if actor.role is Role.REGIONAL_ADMIN:
        return statement.where(or_(_is_in(actor.region_codes), _works_in(actor.region_codes)))
    return statement.where(_Any.id == actor.organisation_id)


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


def directory(actor: Actor, text: str, kind: OrganisationKind | None) -> Select[Organisation]:
    """The active organisations an actor may read about, by name, coverages loaded."""
    statement = visible_to(actor).where(_Any.active, *_named_like(_Any, text))
    if kind:
        statement = statement.where(_Any.kind == kind)
    return statement.options(selectinload(_Any.coverages)).order_by(_Any.name_key, _Any.id)


def readable(actor: Actor, organisation_id: int) -> Organisation | None:
    """An organisation the actor may read about, with all there is to say about it."""
    statement = (
        visible_to(actor)
        .where(_Any.id == organisation_id)
        .options(selectinload(_Any.coverages), selectinload(_Any.Pole.recognitions))
    )
    return db.session.scalars(statement).one_or_none()
