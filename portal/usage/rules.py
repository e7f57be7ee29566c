"""What is asked of the figures, and what is counted for them. No Flask, no database."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from portal.catalogue.rules import Family
from portal.clock import PARIS
from portal.requests.steps import RequestState


class Dimension(StrEnum):
    """What figures are broken down by."""

    MONTH = "month"
    SERVICE = "service"
    PARTNER = "partner"
    REGION = "region"
    STATE = "state"


class Unit(StrEnum):
    """What a figure counts; a share is between 0 and 1."""

    COUNT = "count"
    SUPPORT_DAYS = "support_days"
    WORKING_DAYS = "working_days"
    SHARE = "share"


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
        match = _WRITTEN.fullmatch(text)
        if match is None or match[1] == "0000":
            raise ValueError(f"{text!r} is not a month such as 2026-11")
        return cls(int(match[1]), int(match[2]))

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


GUIDE_ME = 0
"""The service of requests that name none."""

FEWEST_ANSWERS = 3
"""Under this many answers a share or a median says nothing, and is not shown."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the figures are limited to; None: nothing."""

    period: Period
    region_code: str | None = None
    service_id: int | None = None
    partner_id: int | None = None
    family: Family | None = None


@dataclass(slots=True)
class Tally:
    """What was counted for one row.

    `answer_days`: working days to answer → number of answers. `unanswered`: partners that let the due date pass.
    `received`, `spent`: minutes of support received, and of time spent. `absent`: dates that the pole missed.
    `joined`: the poles that joined a request of another. `out_of`: the requests of all rows together.
    """

    states: Counter[RequestState] = field(default_factory=Counter)
    asked: int = 0
    answered: int = 0
    declined: int = 0
    in_time: int = 0
    unanswered: int = 0
    answer_days: Counter[int] = field(default_factory=Counter)
    received: int = 0
    spent: int = 0
    absent: int = 0
    out_of: int = 0
    joined: int = 0

    @property
    def requests(self) -> int:
        return self.states.total()

    def add(self, other: "Tally") -> None:
        """Count another row in."""
        self.states.update(other.states)
        self.asked += other.asked
        self.answered += other.answered
        self.declined += other.declined
        self.in_time += other.in_time
        self.unanswered += other.unanswered
        self.answer_days.update(other.answer_days)
        self.received += other.received
        self.spent += other.spent
        self.absent += other.absent
        self.joined += other.joined

    def share_in_time(self) -> float | None:
        """The part of the due answers that came in time; None where there are too few."""
        due = self.answered + self.unanswered
        return self.in_time / due if due >= FEWEST_ANSWERS else None

    def median_answer_days(self) -> float | None:
        """The working days within which half of the answers came; None where there are too few."""
        return median(self.answer_days) if self.answer_days.total() >= FEWEST_ANSWERS else None


def median(histogram: Mapping[int, int]) -> float:
    """The median of values given with how often each occurs; ValueError when there is none."""
    count = sum(histogram.values())
    if not count:
        raise ValueError("no median of nothing")
    return (_nth(histogram, (count - 1) // 2) + _nth(histogram, count // 2)) / 2


def _nth(histogram: Mapping[int, int], index: int) -> int:
    seen = 0
    for value in sorted(histogram):
        seen += histogram[value]
        if index < seen:
            return value
    raise IndexError(index)
