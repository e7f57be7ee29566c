"""The public register: published poles, listed and counted under the same conditions."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from portal.db import db
from portal.organisations.models import Organisation, Pole, PoleSector, Recognition
from portal.organisations.queries import pole_like
from portal.organisations.rules import Stage
from portal.register.rules import NOT_KNOWN, PlaceCount, RegisterFilters, Tally, tally
from portal.territories.reference import DEPARTMENTS, REGIONS


def is_public() -> ColumnElement[bool]:
    """In the register: published, active, not a double of another."""
    return and_(Pole.published.is_(True), Pole.active.is_(True), Pole.merged_into_id.is_(None))


def _asked(filters: RegisterFilters) -> list[ColumnElement[bool]]:
    """The conditions of the list and of every count beside it."""
    conditions = [is_public(), *pole_like(Pole, filters.text)]
    if filters.region_code:
        conditions.append(_lies_in(Pole.region_code, filters.region_code, REGIONS))
    if filters.department_code:
        conditions.append(_lies_in(Pole.department_code, filters.department_code, DEPARTMENTS))
    if filters.sector:
        conditions.append(Pole.sectors.any(PoleSector.sector == filters.sector))
    if filters.recognition:
        conditions.append(Pole.recognitions.any(Recognition.kind == filters.recognition))
    if filters.stage:
        conditions.append(Pole.stage == filters.stage)
    return conditions


def _lies_in(column: Any, code: str, known: Any) -> ColumnElement[bool]:
    if code == NOT_KNOWN:
        return or_(column.is_(None), column.not_in(known))
    return column == code


def register(filters: RegisterFilters) -> Select[Pole]:
    """The poles of the register by name, recognitions and sectors loaded."""
    return (
        select(Pole)
        .where(*_asked(filters))
        .options(selectinload(Pole.recognitions), selectinload(Pole.sectors))
        .order_by(Pole.name_key, Pole.id)
    )


def count_by_place(filters: RegisterFilters) -> Tally:
    """The same poles as `register`, counted by department and region in one query."""
    statement = (
        select(Pole.region_code, Pole.department_code, func.count())
        .where(*_asked(filters))
        .group_by(Pole.region_code, Pole.department_code)
    )
    return tally(PlaceCount(*row) for row in db.session.execute(statement))


def count_published() -> int:
    """How many poles the register shows."""
    return db.session.scalar(select(func.count(Pole.id)).where(is_public())) or 0


def stages() -> frozenset[Stage]:
    """The stages said of poles of the register; none when all are unknown."""
    statement = select(Pole.stage).where(is_public(), Pole.stage.is_not(None)).distinct()
    return frozenset(stage for stage in db.session.scalars(statement) if stage)


def published_pole(pole_id: int) -> Pole | None:
    """A pole of the register, with all its public facts."""
    statement = (
        select(Pole)
        .where(Pole.id == pole_id, is_public())
        .options(selectinload(Pole.recognitions), selectinload(Pole.sectors), selectinload(Pole.members))
    )
    return db.session.scalars(statement).one_or_none()


def kept_id(double_id: int) -> int | None:
    """The pole of the register that a double was merged into; None where it was not, or that one is not public."""
    double = aliased(Organisation)
    statement = select(Pole.id).join(double, double.merged_into_id == Pole.id)
    return db.session.scalar(statement.where(double.id == double_id, is_public()))
