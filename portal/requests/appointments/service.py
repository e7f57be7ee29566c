"""What is planned for an assignment, and ends with it: known to a feature above, which declares its diary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.access.roles import Actor
from portal.feature import features
from portal.requests.emails import News
from portal.requests.models import Assignment


@dataclass(frozen=True, slots=True)
class CalledOff:
    """What was called off: `facts` for whoever is told why anyway, `news` for who came for nothing else."""

    facts: list[tuple[Any, Any]] = field(default_factory=list)
    news: list[News] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Diary:
    """`planned`: is anything still planned for an assignment? `call_off`: all of it, under the request's lock, by an
    actor (None: the portal) for a reason in words (None: none)."""

    planned: Callable[[Assignment], bool]
    call_off: Callable[[Actor | None, Assignment, str | None], CalledOff]


def _diary() -> Diary:
    return next(feature.diary for feature in features() if feature.diary)


def any_planned(assignment: Assignment) -> bool:
    """Is there still a date to hold or to call off?"""
    return _diary().planned(assignment)


def call_off(actor: Actor | None, assignments: Sequence[Assignment], why: str | None) -> CalledOff:
    """Nobody comes any more: every planned date of these assignments is called off."""
    done = [_diary().call_off(actor, assignment, why) for assignment in assignments]
    return CalledOff(
        [fact for called_off in done for fact in called_off.facts],
        [told for called_off in done for told in called_off.news],
    )
