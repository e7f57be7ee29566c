"""What a step in the life of something is. A feature lists its own, one line each; no Flask, no database.

    ACCEPT = Step("accept", _P.ASSIGNMENT_DECIDE, {_A.PROPOSED}, _A.ACCEPTED, {_POLE, _PARTNER})

The constant is passed around, and its name is what is stored: compare a stored name with `ACCEPT.name`. Each is unique
in the portal: a verb in the history of a request, elsewhere the thing before its verb, as in `application.submit`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from portal.access.permissions import Permission
from portal.refusals import Conflict

S = TypeVar("S")


class Audience(StrEnum):
    """Those an event concerns, who has most to do first: what several would tell somebody, the first one tells.

    `APPLICANT`: whoever holds the link of an application; `PARTNER`: of the assignment; `PARTNERS`: of every live
    assignment; `PRACTITIONERS`: who takes part in an intervention for the partner, or no longer does;
    `OTHER_POLE`: another pole that is invited to a request, or has joined it.
    """

    APPLICANT = "applicant"
    PARTNER = "partner"
    PARTNERS = "partners"
    CELL = "cell"
    POLE = "pole"
    PRACTITIONERS = "practitioners"
    OTHER_POLE = "other_pole"


@dataclass(frozen=True, slots=True, eq=False)
class Step(Generic[S]):
    """`right`: whose it is. `sources`: the states it starts from; `target`: the state it sets, None where its state
    stays or the feature says. `tells`: whom. `stays`: why its author cannot take it back; empty: they can, for two
    minutes, see `requests.undo`."""

    name: str
    right: Permission
    sources: AbstractSet[S]
    target: S | None = None
    tells: AbstractSet[Audience] = frozenset()
    stays: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def verb(self) -> str:
        """What its address, its form and its e-mails are named after, inside the feature."""
        return self.name.rpartition(".")[2]

    def why_not(self, state: S) -> "StepRefused | None":
        """What refuses it in this state."""
        return None if state in self.sources else StepRefused(self, state)


class StepRefused(Conflict):
    """A step is not possible from where things now stand."""

    def __init__(self, step: Step[Any], state: Any) -> None:
        super().__init__(f"{step} refused: {state}")
        self.step = step
        self.state = state


class Words(NamedTuple):
    """A step in words: what happened, the look of that, and where people do it themselves what its button says, what
    happens then, what is said once it is done. `reasons`: those that go with it."""

    happened: Any
    icon: str
    tone: str = "neutral"
    button: Any = ""
    explains: Any = ""
    done: Any = ""
    reasons: Mapping[Any, Any] = MappingProxyType({})
