"""Which days an agenda shows: those of a week, of a month, or from one to another. Pure."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_WEEKS = Calendar()
LONGEST = timedelta(days=366)
"""From the first to the last day of a list."""
REACH = timedelta(days=3650)
"""How far from today an agenda goes: nothing is planned or told so far away."""


class View(StrEnum):
    MONTH = "mois"
    WEEK = "semaine"
    LIST = "liste"


@dataclass(frozen=True, slots=True)
class Days:
    """From a first to a last day, both included."""

    first: date
    last: date

    @property
    def each(self) -> Sequence[date]:
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> date:
        return self.first - _DAY

    @property
    def after(self) -> date:
        return self.last + _DAY

    @property
    def weeks(self) -> Sequence[Sequence[date]]:
        """The whole weeks that hold the days of a month, from Monday to Sunday."""
        return _WEEKS.monthdatescalendar(self.first.year, self.first.month)


def week_of(day: date) -> Days:
    monday = day - day.weekday() * _DAY
    return Days(monday, monday + 6 * _DAY)


def month_of(day: date) -> Days:
    first = day.replace(day=1)
    return Days(first, (first + timedelta(days=31)).replace(day=1) - _DAY)


def around(view: View, day: date) -> Days:
    """What a view shows of the days around one."""
    return week_of(day) if view is View.WEEK else month_of(day)


def in_reach(day: date, today: date) -> bool:
    return abs(day - today) <= REACH
