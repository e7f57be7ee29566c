"""What work for the network is. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


def spent(minutes: int, practitioners: int) -> int:
    """Its length, once for each of those who gave it."""
    return minutes * practitioners
