"""When silence confirms: only from the day on which somebody was told, and while somebody who was is there. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from portal import clock
from portal.teams.rules import Away, stand_in

WORKING_DAYS_TO_CONFIRM = 7
WORKING_DAYS_BEFORE_A_REMINDER = 3
FURTHEST = timedelta(days=366)
"""Nobody is away for longer than that and still told by silence."""
NO_TIME = 0
"""The length of what does not count."""


class Ruling(StrEnum):
    """What a cell decides of what is contested."""

    KEPT = "kept"
    CORRECTED = "corrected"
    STRUCK = "struck"


class ToDecide(NamedTuple):
    """Something of no request that a pole contests, for a cell: what it is called and where it is read, what stands
    beside that, each version in words, why, and where it is decided."""

    title: str
    url: str
    about: Sequence[str]
    versions: Sequence[tuple[Any, str]]
    message: str | None
    settle_url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Days, both included, when a coordinator is away; `substitute_id`: who stands in."""

    person_id: int
    first: date
    last: date
    substitute_id: int | None


def last_day(
    told: Mapping[int, date], team: Collection[int], gone: Sequence[Gone], place: str | None
) -> date | None:
    """The last day to contest, after which silence confirms; None: nobody was told, or nobody is there for a year.

    `told`: on which day an e-mail about it was delivered, by coordinator; `team`: all of them. A working day counts
    once somebody was told before it, and is there on it, or has somebody who stands in.
    """
    if not told:
        return None
    day, left = min(told.values()), WORKING_DAYS_TO_CONFIRM
    until = day + FURTHEST
    while left and day < until:
        day = clock.add_working_days(day, 1, place)
        away = {each.person_id: each for each in gone if each.first <= day <= each.last}
        left -= any(since < day and _is_there(person, away, team) for person, since in told.items())
    return None if left else day


def _is_there(person_id: int, away: Mapping[int, Gone], team: Collection[int]) -> bool:
    if person_id not in away:
        return True
    absences = {number: Away(number, "", each.last, each.substitute_id) for number, each in away.items()}
    return stand_in(person_id, absences, team) is not None
