"""What is limited in a year. Pure: no Flask, no database."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal import clock

LONGEST_EXCEPTION = timedelta(days=366)


class Measure(StrEnum):
    """What is counted in a year, of a pole or a partner."""

    REQUESTS = "requests"
    DAYS = "days"


def unit_of(measure: Measure) -> int:
    """How many of what is counted make one of what is limited: days are counted in their minutes."""
    return clock.MINUTES_PER_DAY if measure is Measure.DAYS else 1


class Given(NamedTuple):
    """What a partner has given this year of something limited, of what it may: the maximum and what is granted beyond.
    `of_service`: of one service alone. Days are counted in their minutes."""

    measure: Measure
    of_service: bool
    allowed: int
    used: int

    @property
    def _unit(self) -> int:
        return unit_of(self.measure)

    @property
    def is_spent(self) -> bool:
        return self.used >= self.allowed * self._unit

    @property
    def left(self) -> float:
        """In what is counted; never less than nothing."""
        return max(self.allowed - self.used / self._unit, 0)


class Year(NamedTuple):
    """A year as the clocks of a place have it: its first day and the first after it, and when these begin."""

    first: date
    after: date
    start: datetime
    end: datetime


def year_of(day: date, place: str | None) -> Year:
    """The year of a day, in a place: overseas it begins and ends with the midnights there."""
    first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    zone = clock.zone_of(place)
    return Year(
        first,
        after,
        datetime(day.year, 1, 1, tzinfo=zone),
        datetime(day.year + 1, 1, 1, tzinfo=zone),
    )
