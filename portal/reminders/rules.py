"""Which rungs are due, and how many reminders leave without anybody being asked. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_SINGLE = 3
"""Who would get more than that at once gets one summary."""
SETTLED = timedelta(minutes=2)
"""After so long without a new one, what a run noted is known whole."""
USUAL_OF = timedelta(days=28)
FEWEST = 40
TIMES_USUAL = 2
HELD_FOR = timedelta(days=14)
"""What was held longer is of no use any more."""
KEPT = timedelta(days=365)
"""Logs are kept twelve months (CNIL, recommendation 2021-122). What is forgotten then is too late to be sent again."""


class ReminderState(StrEnum):
    """`DUE`: noted, to be weighed. `CLEARED`: leaves now. `HELD`: the national cell is asked."""

    DUE = "due"
    CLEARED = "cleared"
    HELD = "held"
    SENT = "sent"
    DROPPED = "dropped"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why it was not sent."""

    OVERTAKEN = "overtaken"
    TOO_LATE = "too_late"
    NO_LONGER = "no_longer"
    NOBODY = "nobody"
    REFUSED = "refused"


def most_a_day(busiest: int) -> int:
    """So many leave in a day without anybody being asked: twice those of the busiest day lately."""
    return max(FEWEST, busiest * TIMES_USUAL)


def cleared(waiting: Sequence[tuple[int, int]], room: int) -> Collection[int]:
    """Which of (number, e-mails) leave while there is room, the first before."""
    numbers = []
    for number, letters in waiting:
        if letters > room:
            break
        room -= letters
        numbers.append(number)
    return numbers


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen instead of the usual days: (kind, rung, "service" or "region", which) → days."""

    days: Mapping[tuple[str, str, str, str], int]

    def of(self, kind: str, rung: str, region_code: str | None, service_id: int | None) -> int | None:
        """The service's own, else that of the cell of the region."""
        for scope, which in (("service", service_id), ("region", region_code)):
            if which is not None and (choice := self.days.get((kind, rung, scope, str(which)))) is not None:
                return choice
        return None


@dataclass(frozen=True, slots=True)
class Planned:
    """A rung of a thing, and the day on which it is climbed."""

    rung: str
    on: date


def due_now(planned: Sequence[Planned], done: Collection[str], today: date) -> Sequence[Planned]:
    """What has come and was not yet done, in order; the last of them is sent, the others are overtaken."""
    return [step for step in planned if step.rung not in done and step.on <= today]
