"""Who has a seat, who waits, and how long a freed seat is offered. Pure: no Flask, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.refusals import Conflict

OFFER_LASTS = timedelta(hours=48)
SHORTEST_OFFER = timedelta(hours=2)
"""A seat that is freed later than that before a session is offered to nobody."""
MOST_WAITING = 100
"""On the list of one session."""
NAME = 120
ADDRESS_KEPT = timedelta(days=30)
"""How long the addresses of a session are kept after it, and the names of those who did not come to have a seat."""


class Standing(StrEnum):
    """Where somebody stands."""

    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    WALKED_IN = "walked_in"


TAKES_A_SEAT = frozenset({Standing.SEATED, Standing.OFFERED})
"""A seat that is offered is kept meanwhile."""
LIVE = TAKES_A_SEAT | {Standing.WAITING}


class Presence(StrEnum):
    """What became of somebody on the day."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class NotNow(Conflict):
    """It cannot be done where somebody stands now, or the session takes nobody any more (`is_over`)."""

    def __init__(self, standing: Standing, *, is_over: bool = False) -> None:
        super().__init__(standing)
        self.standing = standing
        self.is_over = is_over


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a pole registers, named as the columns."""

    name: str
    email: str
    language: str


def offered_until(now: datetime, begins: datetime) -> datetime | None:
    """Two days, or half of the time left before the session where that is less; None: it is too near."""
    lasts = min(OFFER_LASTS, (begins - now) / 2)
    return now + lasts if lasts >= SHORTEST_OFFER else None


def is_free(seats: int, taken: int, waiting: int, *, can_be_offered: bool) -> bool:
    """May somebody who comes now sit down? Not before those who wait, while they can still be asked."""
    return taken < seats and not (waiting and can_be_offered)


def place_in_line(number: int, waiting: Collection[int]) -> int:
    """The how manyth of those who wait somebody is; they are numbered in the order in which they came."""
    return sum(other <= number for other in waiting)
