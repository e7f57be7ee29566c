"""What work for the network is, and until when it is corrected. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CORRECTED_WITHIN = timedelta(days=30)


class NetworkKind(StrEnum):
    ANIMATION = "animation"
    MEETING = "meeting"
    PARTNERSHIP = "partnership"


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What is said of it, named as the columns."""

    kind: NetworkKind
    on: date
    minutes: int
    participants: int | None
    reached: str | None
    report: str


def is_open(noted_on: date, today: date) -> bool:
    """May who noted it still correct or delete it?"""
    return today <= noted_on + CORRECTED_WITHIN


def spent(minutes: int, practitioners: int) -> int:
    """Its length, once for each of those who gave it."""
    return minutes * practitioners
