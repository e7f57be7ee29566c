"""What is limited, and for whom there is more."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.catalogue.limits.models import LimitException, UseLimit
from portal.catalogue.limits.rules import Measure
from portal.db import db
from portal.organisations.models import Pole

EXCEPTIONS_SHOWN = 100


def limits() -> Mapping[Measure, int]:
    """The most that each pole has in a year, of what is limited."""
    return {limit.measure: limit.maximum for limit in db.session.scalars(select(UseLimit))}


def exceptions() -> Sequence[LimitException]:
    """The last that were granted, with their poles, the newest first."""
    statement = select(LimitException).options(joinedload(LimitException.pole))
    return db.session.scalars(statement.order_by(LimitException.id.desc()).limit(EXCEPTIONS_SHOWN)).all()


def poles() -> Sequence[Row[int, str]]:
    """The poles that ask, by name: number and name."""
    statement = select(Pole.id, Pole.name).where(Pole.active).order_by(Pole.name_key, Pole.id)
    return db.session.execute(statement).all()


def holds(exception: LimitException) -> bool:
    """Does it give more today, where the pole is?"""
    day = clock.today(exception.pole.place)
    return exception.withdrawn_on is None and exception.granted_on <= day <= exception.until
