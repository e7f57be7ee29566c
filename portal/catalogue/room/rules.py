"""How many places a service has. Pure: no Flask, no database."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    """What one request takes of a partner."""

    SUPPORT = "support"
    SESSION = "session"
    SEAT = "seat"


class Room(NamedTuple):
    """The places of a service in a year, all of its partners together, and how many requests have taken. `waiting`:
    how many poles wait for one; `position`: which of them this one is (None: it does not wait); `ahead`: how many of
    them come before it."""

    maximum: int
    taken: int
    waiting: int = 0
    position: int | None = None
    ahead: int = 0

    @property
    def available(self) -> int:
        return max(self.maximum - self.taken, 0)

    @property
    def missing(self) -> int:
        """How many places more would be one for each pole that waits."""
        return max(self.taken + self.waiting - self.maximum, 0)

    @property
    def is_open(self) -> bool:
        """Is there a place for this pole, those before it served?"""
        return self.available > self.ahead


TOLD_AT_MOST_EVERY = timedelta(days=7)
"""A partner hears so often, at most, that poles wait for one of its services."""
KEPT_FOR = timedelta(days=14)
"""How long a place is kept for a pole that was told of it; later it waits on, and others may ask."""
