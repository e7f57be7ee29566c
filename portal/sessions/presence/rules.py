"""When a code is shown, and who came. Pure: no Flask, no database."""

import hashlib
from collections.abc import Collection, Mapping
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


@dataclass(frozen=True, slots=True)
class Told:
    """What is said when a session is closed. `came`, `excused`: registrations, by number; `people`: who gave it;
    `beside`: their minutes, of what the service counts."""

    came: Collection[int]
    excused: Collection[int]
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


def presence(standing: Standing, *, came: bool, excused: bool, closes: bool) -> Presence | None:
    """What becomes of somebody on the list; None: nothing is said yet, or they had no seat and did not come."""
    if came:
        return Presence.PRESENT
    if excused:
        return Presence.EXCUSED
    return Presence.ABSENT if closes and standing is Standing.SEATED else None
