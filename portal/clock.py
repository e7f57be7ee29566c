"""The only clock of the portal, its days, and working days in France.

Everything stored is in UTC; a day is that of a place: of the department of a pole, else of Paris. A day counts once it
is over: every limit in days asks `is_over`, `end_of` or `days_ago`. Deadlines count *working days*: Monday to Friday
without the public holidays of the department (library `holidays`, which follows the Code du travail, article L3133-1,
and the local laws of Alsace-Moselle and overseas).
"""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays.countries.france import France

PARIS = ZoneInfo("Europe/Paris")
OVERSEAS = {
    "971": ZoneInfo("America/Guadeloupe"),
    "972": ZoneInfo("America/Martinique"),
    "973": ZoneInfo("America/Cayenne"),
    "974": ZoneInfo("Indian/Reunion"),
    "976": ZoneInfo("Indian/Mayotte"),
}
"""The departments whose day is not that of Paris."""
OFFICE_OPENS, OFFICE_CLOSES = time(8), time(18)
MINUTES_PER_DAY = 7 * 60
"""What a day of work is, wherever a length is told in days."""

# Department -> subdivision of `holidays`. All the others have the metropolitan holidays.
_SUBDIVISIONS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
}
_SATURDAY = 5


class _France(France):
    """The library gives no holiday at all after 2100, silently; its rules hold for later years too."""

    end_year = MAXYEAR


_TRAVELLED_TO: ContextVar[datetime | None] = ContextVar("travelled_to", default=None)


WRITTEN_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
"""How people and browsers write a day, in forms and files; all say the year in full and the day before the month."""


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _TRAVELLED_TO.get() or datetime.now(UTC)


@contextmanager
def travelling_to(moment: datetime) -> Iterator[None]:
    """Make `moment` the present of the block: for tests, and for the past of the demonstration."""
    token = _TRAVELLED_TO.set(local(moment).astimezone(UTC))
    try:
        yield
    finally:
        _TRAVELLED_TO.reset(token)


def zone_of(department_code: str | None) -> ZoneInfo:
    """The time zone of a department (None: of Paris)."""
    return OVERSEAS.get(department_code or "", PARIS)


def local(moment: datetime, department_code: str | None = None) -> datetime:
    """Return an aware `moment` as the clocks of a place show it; a naive one is a mistake and is refused."""
    if moment.tzinfo is None:
        raise ValueError("A moment without time zone cannot be placed anywhere")
    return moment.astimezone(zone_of(department_code))


def day_of(moment: datetime, department_code: str | None = None) -> date:
    """The day of a moment in a place."""
    return local(moment, department_code).date()


def today(department_code: str | None = None) -> date:
    """The present day in a place."""
    return day_of(now(), department_code)


def days_of(minutes: int) -> float:
    """A length in days of work."""
    return minutes / MINUTES_PER_DAY


def this_hour() -> datetime:
    """When the present hour began."""
    return now().replace(minute=0, second=0, microsecond=0)


def end_of(day: date, department_code: str | None = None) -> datetime:
    """The last moment of a day in a place."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, zone_of(department_code))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def is_over(day: date, department_code: str | None = None) -> bool:
    """Is the whole of a day past, in a place? Until then what is due on it is in time."""
    return now() > end_of(day, department_code)


def days_ago(lasting: timedelta) -> datetime:
    """What came before this moment is more than so many whole days old: the last of them is over, in Paris."""
    return end_of(today() - lasting - timedelta(days=1)) + timedelta(microseconds=1)


def office_hours(department_code: str | None) -> datetime:
    """Now where people of a place are at work, else when they next begin."""
    here = local(now(), department_code)
    if is_working_day(here.date(), department_code) and here.time() < OFFICE_CLOSES:
        return max(here, datetime.combine(here.date(), OFFICE_OPENS, here.tzinfo)).astimezone(UTC)
    day = add_working_days(here.date(), 1, department_code)
    return datetime.combine(day, OFFICE_OPENS, here.tzinfo).astimezone(UTC)


def at_work(department_code: str | None) -> bool:
    """Are people of a place at work now?"""
    return office_hours(department_code) <= now()


@lru_cache(maxsize=1024)
def _weekday_holidays(year: int, subdivision: str | None) -> tuple[date, ...]:
    """Return the public holidays of `year` that fall from Monday to Friday, in order."""
    days = _France(subdiv=subdivision, years=year, expand=False)  # type: ignore[no-untyped-call]  # holidays'
    return tuple(sorted(day for day in days if day.weekday() < _SATURDAY))


def _holidays_around(day: date, department_code: str | None) -> tuple[date, ...]:
    return _weekday_holidays(day.year, _SUBDIVISIONS.get(department_code or ""))


def is_working_day(day: date, department_code: str | None) -> bool:
    """Tell whether people work on `day` in this department (None: metropolitan holidays)."""
    return day.weekday() < _SATURDAY and day not in _holidays_around(day, department_code)


def add_working_days(start: date, count: int, department_code: str | None) -> date:
    """Return the `count`-th working day after `start`, which itself never counts; 0 gives `start`."""
    if count < 0:
        raise ValueError("The number of working days cannot be negative")
    day = start
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day, department_code):
            count -= 1
    return day


def working_days_between(start: date, end: date, department_code: str | None) -> int:
    """Count the working days after `start`, up to and including `end`; 0 when `end` is not after it.

    Costs a few operations per calendar year, so that usage figures can call it for each row.
    """
    if end <= start:
        return 0
    weekdays = _weekdays_until(end) - _weekdays_until(start)
    subdivision = _SUBDIVISIONS.get(department_code or "")
    holidays = 0
    for year in range(start.year, end.year + 1):
        days = _weekday_holidays(year, subdivision)
        holidays += bisect_right(days, end) - bisect_right(days, start)
    return weekdays - holidays


def _weekdays_until(day: date) -> int:
    """Count the days from Monday to Friday since 1 January of year 1 (a Monday), `day` included."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
