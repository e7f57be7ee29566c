"""What taking an act back puts right, and what stands in its way. Pure: no Flask, no database."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal import acts
from portal.access.roles import Actor
from portal.refusals import Conflict
from portal.requests.rules import Happened
from portal.requests.steps import UNDO


@dataclass(frozen=True, slots=True)
class Restored:
    """Rows that taking an act back puts as they were. `columns`: these alone (None: all). `added`: what a row that the
    act added becomes (None: it is deleted). `rises`: columns that count what was ever shown: one more, as of any
    other change."""

    model: type[Any]
    columns: AbstractSet[str] | None = None
    added: Mapping[str, Any] | None = None
    rises: AbstractSet[str] = frozenset()


class Why(StrEnum):
    """What stands in the way."""

    NOT_YOURS = "not_yours"
    GONE = "gone"
    ACTED_SINCE = "acted_since"
    LATE = "late"
    ENDED = "ended"


class NotTakenBack(Conflict):
    """An act stays as it is."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"not taken back: {why}")
        self.why = why


def why_not(
    *, is_mine: bool, key: str, newest: Collection[str | None], at: datetime, now: datetime
) -> Why | None:
    """`newest`: the act of what happened last on each of its requests; `at`: when it was done."""
    if not is_mine:
        return Why.NOT_YOURS
    if set(newest) != {key}:
        return Why.ACTED_SINCE
    return None if is_open(at, now) else Why.LATE


def open_until(events: Sequence[Happened], actor: Actor, now: datetime) -> datetime | None:
    """Until when somebody may take back what was done last; None: they may not."""
    last = events[-1] if events else None
    if last is None or last.act is None or not last.is_last or last.action == UNDO.name:
        return None
    who = actor.person_id, actor.organisation_id
    own = [
        event for event in events if event.act == last.act and (event.actor_id, event.organisation_id) == who
    ]
    return own[0].at + acts.TIME if own and is_open(own[0].at, now) else None


def taken_back(events: Sequence[Happened]) -> list[Happened]:
    """What was done and then undone."""
    undone = {event.act for event in events if event.action == UNDO.name}
    return [event for event in events if event.act in undone and event.action != UNDO.name]


def is_open(at: datetime, now: datetime) -> bool:
    """Is there still time to take back what was done then?"""
    return now < at + acts.TIME
