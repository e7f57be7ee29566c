"""When a code is shown, and who came. Pure: no Flask, no database."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal import clock
from portal.catalogue.rules import Beside
from portal.interventions.corrections import rules as corrections
from portal.interventions.corrections.rules import Doer, changes
from portal.refusals import Conflict
from portal.sessions.registrations.rules import Presence, Standing

CODE_AFTER = timedelta(hours=1)
"""So long after a session its code still marks who came."""
SIGNS = "BCDFGHJKMNPQRTVWXY346789"
"""Neither those that look alike, nor vowels, which would make words."""
CODE_LENGTH = 6
LONGEST_TYPED = 20


Shown = Mapping[int, Presence | None]
"""How a page showed those on a list, by number."""
WAS_SAID = frozenset({Presence.PRESENT, Presence.EXCUSED})
"""What a list can tick."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """A list as it is sent. `came`, `excused`: registrations, by number; `shown`: how they stood on its page, None:
    as they stand."""

    came: Collection[int]
    excused: Collection[int]
    shown: Shown | None = None

    def of(self, number: int, now: Presence | None) -> Presence | None:
        """What it says of somebody who stands so by now: nothing new, unless it differs from what its page showed."""
        ticked = (
            Presence.PRESENT if number in self.came else Presence.EXCUSED if number in self.excused else None
        )
        if self.shown is None:
            return ticked
        return now if self.shown.get(number) is ticked else ticked


@dataclass(frozen=True, slots=True)
class Told:
    """What is said when a session is closed. `people`: who gave it; `beside`: their minutes, of what the service
    counts."""

    ticks: Ticks
    minutes: int
    people: Collection[int]
    beside: Mapping[Beside, int]


class TooLate(Conflict):
    """It was closed too long ago to be corrected."""


class TooEarly(Conflict):
    """`until`: the last day on which its partner corrects it, and the cell does not."""

    def __init__(self, until: date) -> None:
        super().__init__(f"corrected by its partner until {until}")
        self.until = until


class NoCode(Conflict):
    """No code marks anybody now: the session has not begun, is over, or who asks has no seat."""


class TooMany(Conflict):
    """They typed too many codes within the hour."""


def doer(closed_at: datetime, place: str | None) -> Doer:
    """What its partner and the cell do with one that was closed, as with what was logged of no pole's word: by the
    clocks of where it took place."""
    return changes(None, clock.day_of(closed_at, place), clock.today(place))


def last_day(closed_at: datetime, place: str | None) -> date:
    """Until when, that day included, its partner corrects it."""
    return corrections.last_day(clock.day_of(closed_at, place))


def code_of(secret: str) -> str:
    """A short code that nobody guesses who has not the secret."""
    number = int(hashlib.sha256(secret.encode()).hexdigest(), 16)
    signs = []
    for _place in range(CODE_LENGTH):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    return "".join(signs)


def as_typed(code: str) -> str:
    """A code as people type it: in small letters, with spaces or dashes."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def shows_code(begins: datetime, ends: datetime, now: datetime) -> bool:
    """While a session is held, and shortly after."""
    return begins <= now <= ends + CODE_AFTER


def presence(standing: Standing, told: Presence | None, *, closes: bool) -> Presence | None:
    """What becomes of somebody on the list; None: nothing is said yet, or they had no seat and did not come."""
    if told in WAS_SAID:
        return told
    return Presence.ABSENT if closes and standing is Standing.SEATED else None


def as_shown(people: Iterable[tuple[int, Presence | None]]) -> str:
    """How those on a list stand, by number, as its form carries it."""
    return " ".join(f"{number}:{now if now in WAS_SAID else ''}" for number, now in people)


def read_shown(carried: str) -> Shown | None:
    """The same, read again; None: it is none."""
    try:
        each = [part.partition(":") for part in carried.split()]
        return {int(number): Presence(now) if now else None for number, _, now in each}
    except ValueError:
        return None
