"""Steps on a screen: the door each is done through, its panel, who holds what is followed, what has happened to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from portal import clock
from portal.steps import Step, Words
from portal.web.forms import PortalForm


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """Where a step is done: its words, its address, what is typed, and the function of the service that does it.

    `leads`: a page offers it first, when several things can be done.
    """

    step: Step[Any]
    words: Words
    path: str
    form: type[PortalForm]
    do: Callable[..., Any]
    leads: bool = False


class Told(NamedTuple):
    """What is to be known before something is done: a tone of `callout`, what it comes to, and each reason."""

    tone: str
    title: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Panel:
    """One thing I can do now. `about`: the part it is about, if not the whole. `form` is drawn inside; `open` where it
    was refused and must be corrected; `planned`: the dates that end with it; `quote`: the words that it answers;
    `told`: what its reader must know first."""

    door: Door
    url: str
    form: PortalForm
    about: Any = None
    open: bool = False
    primary: bool = False
    planned: Sequence[str] = ()
    quote: str | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section that a feature above adds to a page: its template, which reads `part.values`. `panels`: what it lets do
    before anything else; `expected`: what comes next, and from whom, while it stands there; `otherwise`: what happens
    if that does not come."""

    template: str
    values: Mapping[str, Any]
    panels: Sequence[Panel] = ()
    expected: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who must act now, in words, and until when (None: no date), by the clocks of which department."""

    sentence: str
    due_on: date | None = None
    department_code: str | None = None

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and clock.is_over(self.due_on, self.department_code)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, as the component `timeline` draws it: its title, when in words, who did it, what they
    wrote, and its look."""

    title: str
    when: str
    who: str
    text: str
    icon: str
    tone: str
