"""How many poles were refused what, and why."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from portal import clock
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.blocked.rules import KEPT
from portal.catalogue.eligibility.rules import Rule
from portal.catalogue.models import Service
from portal.db import db


class Count(NamedTuple):
    """So many poles asked for a service in a year (no name: “guide me”) and met a rule; `last_first_on`: when the last
    of them first did."""

    name: str | None
    name_en: str | None
    rule: Rule
    poles: int
    last_first_on: date


def counts(year: int) -> list[Count]:
    """Of a year, by service and rule, what stands in the way of most poles first."""
    poles = func.count()
    statement = (
        select(Service.name, Service.name_en, BlockedDemand.rule, poles, func.max(BlockedDemand.on))
        .outerjoin(Service, Service.id == BlockedDemand.service_id)
        .where(BlockedDemand.year == year)
        .group_by(Service.id, Service.name, Service.name_en, Service.name_key, BlockedDemand.rule)
        .order_by(poles.desc(), Service.name_key, BlockedDemand.rule)
    )
    return [Count(*row) for row in db.session.execute(statement)]


def is_old() -> ColumnElement[bool]:
    """It has been kept long enough."""
    return BlockedDemand.on < clock.today() - KEPT
