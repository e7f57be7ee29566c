"""What a story of the demonstration is: the life of one request, as acts so many working days apart. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.demo.content import Need, Report
from portal.interventions.steps import Place
from portal.steps import Step


class Ending(StrEnum):
    """Where a request stands today."""

    DRAFT = "draft"
    TO_ROUTE = "to_route"
    TO_REROUTE = "to_reroute"
    PROPOSED = "proposed"
    ON_HOLD = "on_hold"
    LATE = "late"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Visit:
    """An intervention of a story; `ahead`: working days between the act that plans it and its day."""

    number: int
    ahead: int
    hour: int
    minutes: int
    kind: Place
    place: str | None
    participants: int
    report: Report
    with_colleague: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One act, `wait` working days after the one before. `step` None: the draft is written.

    `partners`: keys of those it is about: asked by a route, else the one whose assignment it is.
    """

    step: Step[Any] | None
    wait: int = 0
    partners: tuple[str, ...] = ()
    reason: str | None = None
    message: str | None = None
    visit: Visit | None = None


@dataclass(slots=True)
class Story:
    """`home`: position of the pole among them. `slug` None: "guide me". `end`: working days since the last act."""

    ending: Ending
    home: int
    slug: str | None
    need: Need
    acts: list[Act] = field(default_factory=list)
    end: int = 1
    wished_in: int | None = None
    drafted_by_member: bool = False

    @property
    def length(self) -> int:
        """Working days between the first act and the last."""
        return sum(act.wait for act in self.acts)

    @property
    def visits(self) -> int:
        """How many interventions it holds, called off or not."""
        return len({act.visit.number for act in self.acts if act.visit})


@dataclass(frozen=True, slots=True)
class Turn:
    """One act of one story, when it comes."""

    moment: datetime
    number: int
    story: Story
    act: Act
    ago: int
