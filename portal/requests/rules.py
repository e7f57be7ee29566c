"""Rules of requests beside their steps. Pure: no Flask, no database."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypedDict

from portal import clock
from portal.catalogue.eligibility.rules import Eligibility
from portal.catalogue.limits.rules import Given
from portal.requests.steps import WORKING_DAYS_BEFORE_A_REMINDER, WORKING_DAYS_LATE_TO_EXPIRE, Planned
from portal.text import one_line, search_key


class Mode(StrEnum):
    """Where the pole would like it, and where an intervention took place."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    EITHER = "either"


class ContactPreference(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Details:
    """What goes with a step: a word of its own, free text, people and partners chosen, and what becomes of the dates
    still planned. `notes`: what is said to one partner alone; `lead_id`: which of the partners leads the others."""

    reason: str | None = None
    message: str | None = None
    referent_id: int | None = None
    partner_ids: Collection[int] = ()
    planned: Planned | None = None
    notes: Mapping[int, str] = field(default_factory=dict)
    lead_id: int | None = None

    def said_to(self, partner_id: int) -> str:
        """The word for all, then the one for this partner."""
        return "\n\n".join(filter(None, (self.message, self.notes.get(partner_id))))


NOTHING = Details()

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)")
_LONGEST_BEGINNING = 320
_GREETING = re.compile(
    r"^(?:(?:bonjour|bonsoir|hello|mesdames|madame|messieurs|monsieur)\b[\s,.!:–-]*(?:(?:et|à tous)\b[\s,.!]*)?)+",
    re.IGNORECASE,
)
LONGEST_SUBJECT = 90
_LONGEST_PROPOSED = 70


def typed_reference(text: str) -> str | None:
    """The reference in what somebody typed, with or without spaces and dashes, or None."""
    digits = re.sub(r"[\s\u2010-\u2015\u2212-]", "", one_line(text))
    return f"{digits[:4]}-{digits[4:]}" if len(digits) == 8 and digits.isdecimal() else None


def beginning(text: str) -> str:
    """The first two sentences of a text, in one line that an e-mail can hold."""
    whole = " ".join(text.split())
    sentences = " ".join(_SENTENCE_END.split(whole)[:2])
    sentences = (
        sentences
        if len(sentences) <= _LONGEST_BEGINNING
        else f"{sentences[:_LONGEST_BEGINNING].rsplit(' ', 1)[0]} …"
    )
    return sentences if sentences == whole or sentences.endswith("…") else f"{sentences} […]"


def proposed_subject(need: str) -> str:
    """The first words of a need, after any greeting: its first sentence, or so much of it as a line holds."""
    words = _GREETING.sub("", one_line(need))
    first = _SENTENCE_END.split(words)[0]
    if len(first) > _LONGEST_PROPOSED:
        first = f"{first[:_LONGEST_PROPOSED].rsplit(' ', 1)[0].rstrip(' ,;:–-')}…"
    return first[:1].upper() + first[1:].rstrip(".")


def subject_of(typed: str, need: str, need_before: str = "") -> str:
    """What a request is called: the line typed, unless it is what was proposed of a need that has changed since."""
    return typed if typed and typed != proposed_subject(need_before) else proposed_subject(need)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a request, as its page tells it. `action`: the name of a step; `actor`,
    `organisation`: who did it, by name; `partner`: whose assignment it was about, or the other pole that it was
    between, `assignment_id`: which; `act`: what it was done with; `is_last`: nothing happened since, seen or not."""

    action: str
    at: datetime
    actor: str | None
    organisation: str | None
    partner: str | None
    reason: str | None
    message: str | None
    assignment_id: int | None = None
    act: str | None = None
    actor_id: int | None = None
    organisation_id: int | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner that could be asked. `open_requests`: how many it has waiting or accepted; `taken`: how many of the
    `capacity` it says for a month (None: it does not say) this month's requests already use; `absent_until`: takes
    none before the day after; `declined_on`: it said no to this request that day; `answers_in`: the
    working days it lately took to answer, on average (None: it never did); `given`: what it has given this year of its
    limits; `places`: those it says it has for the service in a year (None: it does not say), `used`: by this year's
    requests. `delivers`: all the services asked for (None: none is); `covers`: all the places asked for; `may_cover`:
    it could, as far as these are known. `ruling`: what is said to the pole of the service as if this partner alone
    delivered it (None: no service asked for, or several)."""

    partner_id: int
    name: str
    delivers: bool | None
    covers: bool
    open_requests: int
    already_asked: bool = False
    capacity: int | None = None
    taken: int = 0
    absent_until: date | None = None
    answers_in: float | None = None
    places: int | None = None
    used: int = 0
    given: Sequence[Given] = ()
    declined_on: date | None = None
    may_cover: bool = True
    ruling: Eligibility | None = None

    @property
    def is_spent(self) -> bool:
        """Has it given all that it may this year?"""
        return any(given.is_spent for given in self.given)

    @property
    def is_full(self) -> bool:
        """Does it take no more for now, as far as it says?"""
        of_the_month = self.capacity is not None and self.taken >= self.capacity
        return of_the_month or self.places_left == 0

    @property
    def places_left(self) -> int | None:
        return None if self.places is None else max(self.places - self.used, 0)


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those who deliver the service and cover the place first, then who is there and has room, then the least loaded,
    then who has most places left.

    Nobody is hidden: a cell that knows better may ask whoever is absent or full, or again who said no. Who has given
    all that it may stands last: the national cell alone lets it give more.
    """
    return sorted(
        candidates,
        key=lambda candidate: (
            candidate.already_asked,
            candidate.is_spent,
            candidate.declined_on is not None,
            candidate.delivers is False or not candidate.covers,
            not candidate.covers,
            not candidate.may_cover,
            candidate.ruling.rank if candidate.ruling else 0,
            candidate.absent_until is not None,
            candidate.is_full,
            candidate.open_requests,
            -(candidate.places_left or 0),
            search_key(candidate.name),
        ),
    )


@dataclass(frozen=True, slots=True)
class Span:
    """The time a partner has: `due_on` moves by the working days `held` since the question was asked."""

    due_on: date
    held: int


def release_hold(held_on: date, due_on: date, today: date, department_code: str | None) -> Span:
    """The clock runs again: the working days since `held_on` are given back."""
    held = clock.working_days_between(held_on, today, department_code)
    return Span(clock.add_working_days(due_on, held, department_code), held)


def answer_days(proposed_on: date, today: date, held_days: int, department_code: str | None) -> int:
    """Working days of the partner's own time between being asked and answering."""
    return max(0, clock.working_days_between(proposed_on, today, department_code) - held_days)


def last_day_to_answer(proposed_on: date, days: int, department_code: str | None) -> date:
    """The tenth working day after the `days` of the partner's own time: once it is over, the request goes to somebody
    else."""
    return clock.add_working_days(proposed_on, days + WORKING_DAYS_LATE_TO_EXPIRE, department_code)


def has_expired(proposed_on: date, today: date, days: int, department_code: str | None) -> bool:
    return today > last_day_to_answer(proposed_on, days, department_code)


def reminder_from(asked_on: date, due_on: date, department_code: str | None) -> date:
    """The first day a partner may be reminded: it is late, and has had three working days since it was asked, or
    answered its own question."""
    earliest_day = clock.add_working_days(asked_on, WORKING_DAYS_BEFORE_A_REMINDER, department_code)
    return max(due_on + timedelta(days=1), earliest_day)


def earliest(days: Sequence[date]) -> date | None:
    return min(days, default=None)


DRAFT_KEPT = timedelta(days=90)
DRAFT_WARNED_BEFORE = timedelta(days=14)


class Wishes(TypedDict, total=False):
    """What a pole writes in a draft, named as the columns: all of it, or what one step of the form holds. `answers`: to
    the questions of its service that were on the screen, by their keys."""

    service_id: int | None
    subject: str
    need: str
    wished_from: date | None
    wished_until: date | None
    mode: Mode
    contact_preference: ContactPreference
    phone: str | None
    answers: Mapping[str, Any]
