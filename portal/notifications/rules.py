"""How long e-mails are kept, and what a mail server's answer means for people. Pure: no Flask, no database.

Codes: RFC 5321, 4.2; enhanced codes such as 5.1.1: RFC 3463.
"""

import random
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

BODIES_KEPT = timedelta(days=30)
SECRETS_KEPT = timedelta(days=1)
BEAT = timedelta(seconds=10)
"""How often a worker says that it lives, also between two e-mails or two parts of a job."""
LONGEST_SENDING = timedelta(minutes=2)
"""What one e-mail takes if every answer of the mail server is the slowest."""
SILENT = LONGEST_SENDING + timedelta(minutes=1)
"""After so long without a word from a worker, it does not work: pages, the probe and the documentation agree."""
ROWS_KEPT = timedelta(days=365)  # logs are kept twelve months (CNIL, recommendation 2021-122)

NO_ADDRESS = "not an address"
NO_LETTER = "not an e-mail"
PAUSED = "address paused"
"""How errors begin that are no answer of a mail server: the portal did not try."""
HOPELESS = (NO_ADDRESS, "UnicodeEncodeError")
"""How errors begin that stay however often one tries: the address itself is wrong."""
PUT_OFF_FOR = timedelta(minutes=5)
"""How long the e-mails to a domain wait that asked for fewer at a time."""

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=4)
TRIED_FOR = timedelta(days=3)
"""For how long at least an e-mail is tried: a mail server that is away from Friday evening to Monday loses none."""
SHORTEST_SHARE, LONGEST_SHARE = 0.75, 1.25
"""Of a delay, which chance draws out so that e-mails do not all come back at once."""


def share() -> float:
    """Of a delay, by chance."""
    return random.uniform(SHORTEST_SHARE, LONGEST_SHARE)  # noqa: S311 (spreads retries; no secret)


def usual_delay(attempts: int) -> timedelta:
    """How long to wait after so many failures: twice as long each time, up to a limit."""
    return min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)


def _most_attempts() -> int:
    attempts, tried_for = 1, timedelta()
    while tried_for < TRIED_FOR:
        tried_for += usual_delay(attempts) * SHORTEST_SHARE
        attempts += 1
    return attempts


MOST_ATTEMPTS = _most_attempts()

_ANSWER = re.compile(r"(?P<code>[245]\d\d)[ -]+(?:[245]\.(?P<detail>\d{1,3}\.\d{1,3})\b)?")


class Trouble(StrEnum):
    """Why an e-mail was not taken."""

    UNKNOWN_ADDRESS = "unknown address"
    MAILBOX_FULL = "mailbox full"
    TOO_BIG = "too big"
    UNWANTED = "unwanted"
    LATER = "later"
    REFUSED = "refused"
    NOT_AN_ADDRESS = "not an address"
    NOT_WRITTEN = "not written"
    PAUSED = "paused"
    NO_ANSWER = "no answer"


_BY_DETAIL = {"2.2": Trouble.MAILBOX_FULL, "2.3": Trouble.TOO_BIG, "3.4": Trouble.TOO_BIG}
_BY_SUBJECT = {"1": Trouble.UNKNOWN_ADDRESS, "2": Trouble.UNKNOWN_ADDRESS, "7": Trouble.UNWANTED}
_OF_THE_SENDER = frozenset({"1.7", "1.8"})
"""Of 5.1, what blames the address that writes, not the one written to."""
_SLOWER = re.compile(r"421|4\d\d[ -]+4\.(?:3\.2|4\.5|7\.)")
"""How an answer begins that is about the domain, and not one mailbox of it: too much at once, or busy."""
_BY_CODE = {
    550: Trouble.UNKNOWN_ADDRESS,
    551: Trouble.UNKNOWN_ADDRESS,
    552: Trouble.MAILBOX_FULL,
    553: Trouble.UNKNOWN_ADDRESS,
}


def trouble(error: str) -> Trouble:
    """What an error kept with an e-mail means."""
    if error.startswith(HOPELESS):
        return Trouble.NOT_AN_ADDRESS
    for begins, meant in ((NO_LETTER, Trouble.NOT_WRITTEN), (PAUSED, Trouble.PAUSED)):
        if error.startswith(begins):
            return meant
    answer = _ANSWER.match(error)
    if answer is None:
        return Trouble.NO_ANSWER
    code, detail = int(answer["code"]), answer["detail"] or ""
    if detail in _BY_DETAIL:
        return _BY_DETAIL[detail]
    if code < 500:
        return Trouble.LATER
    return _refusal(code, detail)


def _refusal(code: int, detail: str) -> Trouble:
    """What a refusal for good means: its enhanced code says more than the other, where it says anything."""
    subject = detail.partition(".")[0]
    if subject not in {"", "0"}:
        return Trouble.REFUSED if detail in _OF_THE_SENDER else _BY_SUBJECT.get(subject, Trouble.REFUSED)
    return _BY_CODE.get(code, Trouble.REFUSED)


def asks_for_less(error: str) -> bool:
    """Does this answer ask to send less at a time to the domain?"""
    return _SLOWER.match(error) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An e-mail of a kind that somebody would get about something."""

    kind: str
    to: Any
    about: Any


def one_each(wanted: Iterable[Wanted], without: Collection[str]) -> list[tuple[str, Any, list[Any]]]:
    """One act, one e-mail to an address: of the first kind wanted for it, about all that this kind says.

    None to the addresses `without`: those of who acts.
    """
    readers: dict[str, tuple[str, Any, list[Any]]] = {}
    acting = {_one_way(address) for address in without}
    for person in wanted:
        address = _one_way(person.to.email)
        if address in acting:
            continue
        kind, _to, about = readers.setdefault(address, (person.kind, person.to, []))
        if kind == person.kind and person.about not in about:
            about.append(person.about)
    return list(readers.values())


def _one_way(address: str) -> str:
    return address.strip().lower()
