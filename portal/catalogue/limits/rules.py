"""What is limited in a year. Pure: no Flask, no database."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal import clock

LONGEST_EXCEPTION = timedelta(days=366)


class Measure(StrEnum):
    """What is counted of each pole in a year."""

    REQUESTS = "requests"
    DAYS = "days"


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
