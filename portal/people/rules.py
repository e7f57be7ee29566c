"""How long one may look at the portal as somebody else, and as whom never."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from portal.access.roles import CELL_ROLES, Role


class State(StrEnum):
    """How an account stands."""

    ACTIVE = "active"
    IDLE = "idle"
    CLOSED = "closed"


LONGEST = timedelta(minutes=30)


def is_over(started_at: datetime, now: datetime) -> bool:
    """Has it lasted as long as it may?"""
    return now >= started_at + LONGEST


def minutes(started_at: datetime, now: datetime) -> int:
    """How long it lasted, the minute that began included."""
    lasted: timedelta = min(max(now - started_at, timedelta(0)), LONGEST)
    return -(-int(lasted.total_seconds()) // 60)


def may_be_viewed(roles: Collection[Role]) -> bool:
    """Nobody is looked at who helps to run the portal, in any of their organisations."""
    return not CELL_ROLES.intersection(roles)
