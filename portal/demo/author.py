"""Writes the life of one request, from its draft to where it stands today. Pure, seeded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from portal.demo.content import Report
from portal.demo.script import Script
from portal.demo.story import Act, Ending
from portal.requests import steps

_DETOURS = (
    "plain",
    "question",
    "declined",
    "two_partners",
    "cancelled",
    "expired",
    "handed_back",
    "referent",
)
_DETOUR_WEIGHTS = (44, 20, 10, 10, 5, 3, 4, 4)
_REOPENED = 0.07
_TO_COME = 0.8
_SINCE: Mapping[Ending, tuple[int, int]] = {
    Ending.DRAFT: (1, 12),
    Ending.TO_ROUTE: (1, 4),
    Ending.TO_REROUTE: (1, 5),
    Ending.PROPOSED: (1, 4),
    Ending.LATE: (7, 12),
    Ending.ON_HOLD: (1, 7),
    Ending.ACCEPTED: (1, 9),
}
_SINCE_REMINDED = (1, 6)


@dataclass(frozen=True, slots=True)
class Plot:
    """What a story is written from. `partners`: keys of those that may be asked, first choice first; `direct`:
    sending it asks its only partner at once; `visits`: how many interventions it holds."""

    ending: Ending
    partners: Sequence[str]
    direct: bool
    reports: Sequence[Report]
    visits: int


class Author:
    def __init__(self, script: Script) -> None:
        self._script = script
        self._chance = script.chance
        self._every_second = cycle((False, True))
        self._every_third = cycle((False, False, True))
        self._endings: Mapping[Ending, Callable[[Plot], list[Act]]] = {
            Ending.DRAFT: lambda _plot: [Act(None)],
            Ending.TO_ROUTE: self._to_route,
            Ending.TO_REROUTE: self._to_reroute,
            Ending.PROPOSED: self._proposed,
            Ending.LATE: self._late,
            Ending.ON_HOLD: self._on_hold,
            Ending.ACCEPTED: self._accepted,
            Ending.COMPLETED: self._completed,
            Ending.WITHDRAWN: self._withdrawn,
            Ending.DROPPED: self._dropped,
        }

    def write(self, plot: Plot) -> list[Act]:
        return self._endings[plot.ending](plot)

    def since(self, ending: Ending, longest: int, acts: Sequence[Act]) -> int:
        """Working days since the last act: few where something is awaited, up to `longest` otherwise."""
        reminded = acts[-1].step is steps.REMIND
        first, last = _SINCE_REMINDED if reminded else _SINCE.get(ending, (1, longest))
        return self._chance.randint(first, last)

    def _to_route(self, _plot: Plot) -> list[Act]:
        acts = self._script.opening()
        return [*acts, self._script.add_information()] if next(self._every_second) else acts

    def _late(self, plot: Plot) -> list[Act]:
        """The first is left to be reminded by whoever tries the demonstration."""
        acts = self._asked(plot)
        return [*acts, self._script.remind(plot.partners[0])] if next(self._every_second) else acts

    def _asked(self, plot: Plot, *others: str) -> list[Act]:
        """Sent, and with its first partner."""
        opening = self._script.opening()
        return opening if plot.direct else [*opening, self._script.route(plot.partners[0], *others)]

    def _to_reroute(self, plot: Plot) -> list[Act]:
        first = plot.partners[0]
        lost = self._chance.choice(("declined", "declined", "expired", "handed_back"))
        return [*self._asked(plot), *self._lost(first, lost)]

    def _lost(self, partner: str, how: str) -> list[Act]:
        if how == "declined":
            return [self._script.decline(partner)]
        if how == "expired":
            return [self._script.expire(partner)]
        return [self._script.accept(partner), self._script.hand_back(partner)]

    def _proposed(self, plot: Plot) -> list[Act]:
        others = plot.partners[1:2] if self._chance.random() < 0.3 else ()
        return self._asked(plot, *others)

    def _on_hold(self, plot: Plot) -> list[Act]:
        return [*self._asked(plot), self._script.question(plot.partners[0])[0]]

    def _accepted(self, plot: Plot) -> list[Act]:
        acts, holders = self._until_accepted(plot)
        if next(self._every_third):
            acts.append(self._script.add_information())
        if plot.visits > 1 and self._chance.random() < 2 * _REOPENED:
            return [*acts, *self._visits(plot, holders[:1], last_one="reopened")]
        return [*acts, *self._visits(plot, holders, last_one="may be to come")]

    def _completed(self, plot: Plot) -> list[Act]:
        acts, holders = self._until_accepted(plot)
        if plot.visits > 1 and len(holders) == 1 and self._chance.random() < _REOPENED:
            acts += self._visits(plot, holders, last_one="reopened")
        else:
            acts += self._visits(plot, holders)
        acts += [self._script.complete(holder) for holder in holders]
        return [*acts, self._script.thank(holders[0])] if next(self._every_third) else acts

    def _visits(self, plot: Plot, holders: Sequence[str], last_one: str = "like the others") -> list[Act]:
        acts: list[Act] = []
        for number in range(plot.visits):
            holder = holders[number % len(holders)]
            report = plot.reports[number % len(plot.reports)]
            last = number == plot.visits - 1
            if last and last_one == "reopened":
                acts += [self._script.complete(holder), self._script.reopen(holder)]
            if last and last_one == "may be to come" and self._chance.random() < _TO_COME:
                acts.append(self._script.planned(holder, number, report))
            else:
                acts += self._script.visit(holder, number, report)
        return acts

    def _until_accepted(self, plot: Plot) -> tuple[list[Act], Sequence[str]]:
        """The acts until somebody holds it, and who does."""
        detour = self._chance.choices(_DETOURS, _DETOUR_WEIGHTS)[0]
        first, *rest = plot.partners
        if rest and not plot.direct and detour in {"two_partners", "cancelled"}:
            return self._with_two(plot, first, rest[0], detour)
        if rest and detour in {"declined", "expired", "handed_back"}:
            second = rest[0]
            again = [self._script.route(second), self._script.accept(second)]
            return [*self._asked(plot), *self._lost(first, detour), *again], [second]
        acts = [*self._asked(plot), self._script.accept(first)]
        if detour == "question":
            acts[-1:-1] = self._script.question(first)
        if detour == "referent":
            acts.append(self._script.change_referent(first))
        return acts, [first]

    def _with_two(self, plot: Plot, first: str, second: str, detour: str) -> tuple[list[Act], Sequence[str]]:
        """Two partners asked at once: both accept, one declines, or the cell takes one back."""
        acts = [*self._asked(plot, second), self._script.accept(first)]
        if detour == "cancelled":
            return [*acts, self._script.cancel(second)], [first]
        if self._chance.random() < 0.3:
            return [*acts, self._script.decline(second)], [first]
        return [*acts, self._script.accept(second)], [first, second]

    def _withdrawn(self, plot: Plot) -> list[Act]:
        acts = self._asked(plot) if self._chance.random() < 0.7 else self._script.opening()
        if self._chance.random() < 0.25 and (plot.direct or len(acts) > 2):
            acts.append(self._script.accept(plot.partners[0]))
        return [*acts, self._script.withdraw()]

    def _dropped(self, plot: Plot) -> list[Act]:
        if self._chance.random() < 0.5:
            return [*self._asked(plot), self._script.decline(plot.partners[0]), self._script.drop()]
        return [*self._script.opening(), self._script.drop()]
