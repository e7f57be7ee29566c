"""What is asked of the figures, and what is counted for them. No Flask, no database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.catalogue.kinds import Family
from portal.requests.workflow import RequestState
from portal.usage.periods import Period

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
    `out_of`: the requests of all rows together.
    """

    states: Counter[RequestState] = field(default_factory=Counter)
    asked: int = 0
    answered: int = 0
    declined: int = 0
    in_time: int = 0
    unanswered: int = 0
    answer_days: Counter[int] = field(default_factory=Counter)
    minutes: int = 0
    out_of: int = 0

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
        self.minutes += other.minutes

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
