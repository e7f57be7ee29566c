"""Partners who support a pole together, one of whom leads. Pure: no Flask, no database."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from portal.refusals import Conflict
from portal.requests.steps import ASK_NEWS, LEAD, LIVE_ASSIGNMENTS, AssignmentState
from portal.steps import Step


class Part(Protocol):
    """An assignment. `lead_id`: the one that leads it; None: it works alone, or leads."""

    @property
    def id(self) -> int: ...
    @property
    def lead_id(self) -> int | None: ...
    @property
    def state(self) -> AssignmentState: ...


P = TypeVar("P", bound=Part)


class WorksAlone(Conflict):
    """Nobody else was asked together with it: there is nobody to lead."""


class LeadsAlready(Conflict):
    """It is the one that leads."""


class LedByAnother(Conflict):
    """Another partner leads: it is the one that is asked how the support goes on."""


def together(part: P, parts: Iterable[P]) -> Sequence[P]:
    """Those still at work that were asked to support the pole together, it among them; none where it works alone."""
    group = [each for each in parts if _key(each) == _key(part) and each.state in LIVE_ASSIGNMENTS]
    return group if len(group) > 1 and part in group else ()


def lead_of(part: P, parts: Iterable[P]) -> P | None:
    """Who leads those it works together with; None: nobody does, since it works alone or whoever led is gone."""
    return next((each for each in together(part, parts) if each.lead_id is None), None)


def why_not(step: Step[AssignmentState], part: P, parts: Sequence[P]) -> Conflict | None:
    """What stands in the way of letting it lead, or of asking it for news: who leads is asked for all."""
    if step is ASK_NEWS and lead_of(part, parts) not in (None, part):
        return LedByAnother()
    return _why_not_lead(part, parts) if step is LEAD else None


def _why_not_lead(part: P, parts: Sequence[P]) -> Conflict | None:
    if not together(part, parts):
        return WorksAlone()
    return LeadsAlready() if part.lead_id is None else None


def _key(part: Part) -> int:
    return part.lead_id or part.id
