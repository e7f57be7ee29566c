"""Months and periods, in Paris time."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from portal.clock import PARIS

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month; written 2026-11."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month":
        """The month of a text such as 2026-11; ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None or found[1] == "0000":
            raise ValueError(f"{text!r} is not a month such as 2026-11")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> "Month":
        """The month so many months later, or earlier where negative."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def start(self) -> datetime:
        """Midnight of the first day in Paris."""
        return datetime(self.year, self.number, 1, tzinfo=PARIS)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both ends included."""

    first: Month
    last: Month

    @property
    def length(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.number - self.first.number + 1

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(self.first.plus(index) for index in range(self.length))

    @property
    def after(self) -> Month:
        """The first month outside."""
        return self.last.plus(1)


def default_period(today: date) -> Period:
    """The last twelve full months and the current one."""
    current = Month.of(today)
    return Period(current.plus(-12), current)
