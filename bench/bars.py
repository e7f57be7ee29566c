"""What each line of the bench may be at most, and what django-helpdesk takes for the same, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PEER = (
    "django-helpdesk 2.6.1: 20,000 tickets, PostgreSQL, two web processes, two cores, in one hour with the portal "
    "(November 2026); its memory is resident memory"
)
BARE_MILLISECONDS = 4.0
"""What the bare page took where the bars were set: 22 % of 18 ms, the inbox's throughput and time of that hour."""
FEW = 20_000
"""Up to so many requests the first of the two bars counts."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar with few requests, and with up to a million of them (None: no bar); what the peer takes."""

    few: float | None
    many: float | None
    peer: float | None = None
    unit: str = "ms"
    least: bool = False

    def at(self, requests: int) -> float | None:
        return self.few if requests <= FEW else self.many


_INBOX, _REQUEST, _SUBMIT = Bar(9, 14, 195), Bar(8, 9, 51), Bar(12, 13, 37)
_SHARE = Bar(40, 38, unit="%", least=True)
_HOME, _WEIGHT = Bar(10, 15), Bar(100, 100, unit="kB")
BARS: Mapping[str, Bar] = {
    "inbox, national cell": _INBOX,
    "inbox, regional cell": _INBOX,
    "inbox, partner": _INBOX,
    "request, partner": _REQUEST,
    "request, national cell": _REQUEST,
    "request form": Bar(6, 6, 17),
    "request form, need": Bar(6, 6, 17),
    "submit": _SUBMIT,
    "submit, slow mail server": _SUBMIT,
    "home, partner": _HOME,
    "home, national cell": _HOME,
    "usage, first count": Bar(50, None, 1931),
    "usage, remembered": Bar(None, None),
    "home, visitor": Bar(None, None),
    "sign-in page": Bar(None, None),
    "most statements of a page": Bar(8, 8, unit=""),
    "share of the bare page, inbox, national cell": _SHARE,
    "share of the bare page, request, partner": _SHARE,
    "memory gained in 5,000 requests": Bar(15, 15, 238 - 68, "MiB"),
    "memory gained in 2,500 more": Bar(1, 1, unit="MiB"),
    "weight of home, visitor": _WEIGHT,
    "weight of inbox, national cell": _WEIGHT,
    "weight of usage, remembered": _WEIGHT,
}
MOST_GROWTH = 1.5
"""Of a page, from the fewest requests of a run to the most."""
UNBOUNDED = frozenset({"usage, first count"})
"""What counts every request may grow with them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure beside its bar."""

    name: str
    found: float
    bar: float | None
    unit: str
    peer: float | None = None
    least: bool = False

    @property
    def over(self) -> bool:
        if self.bar is None:
            return False
        return self.found < self.bar if self.least else self.found > self.bar

    @property
    def verdict(self) -> str:
        """The figure, its bar, how far it is from it, and the peer's."""
        bar = ratio = answer = ""
        if self.bar is not None:
            bar, ratio = f"{self.bar:g}", f"{self.found / self.bar:.2f}"
            answer = ("UNDER" if self.least else "OVER") if self.over else "holds"
        peer = "" if self.peer is None else f"{self.peer:g}"
        return f"{self.found:8.1f} {self.unit:<4}{bar:>6}{ratio:>7}  {answer:<6}{peer:>6}"


def line(name: str, found: float, requests: int) -> Line:
    """The figure of something that has a bar of its own."""
    bar = BARS[name]
    return Line(name, found, bar.at(requests), bar.unit, bar.peer, bar.least)


def growth(page: str, few: float, many: float) -> Line:
    return Line(f"growth of {page}", many / few, None if page in UNBOUNDED else MOST_GROWTH, "x")


def conclude(lines: Iterable[Line]) -> int:
    """Name what is over its bar; the status to exit with."""
    over = [f"{one.name}, {one.found:.1f} {one.unit} for {one.bar:g}" for one in lines if one.over]
    print("\nevery bar holds" if not over else f"\n{len(over)} over their bars:\n  " + "\n  ".join(over))
    return 1 if over else 0
