"""How long drafts and links live, what a number may be, and what a cell should look at. No Flask, no database."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from portal import clock, references
from portal.text import one_line, search_key


class Section(StrEnum):
    """The parts of the form; each is written and saved alone. The words are those of the addresses."""

    PROJECT = "projet"
    TERRITORY = "territoire"
    ORGANISATIONS = "organisations"
    CONTACT = "contact"
    REGISTER = "annuaire"


class Opinion(StrEnum):
    """What the regional cell thinks of an application."""

    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"


class RefusalReason(StrEnum):
    """Why an application is refused; the figures count them."""

    NOT_A_COOPERATION = "not_a_cooperation"
    TOO_EARLY = "too_early"
    OUT_OF_SCOPE = "out_of_scope"
    ALREADY_THERE = "already_there"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class HintKind(StrEnum):
    """What a cell should look at before it decides; nothing is decided by it."""

    SAME_LEAD = "same_lead"
    SAME_CONTACT = "same_contact"
    SIMILAR_NAME = "similar_name"
    DISPOSABLE_ADDRESS = "disposable_address"
    LOOKS_LIKE_A_TEST = "looks_like_a_test"
    COMPANY_CLOSED = "company_closed"
    COMPANY_UNKNOWN = "company_unknown"
    SEAT_ELSEWHERE = "seat_elsewhere"


DRAFT_KEPT = timedelta(days=90)
WARNED_BEFORE = timedelta(days=14)
LINK_LASTS = timedelta(days=90)
COMPANY_REMEMBERED = timedelta(days=30)
MOST_DOCUMENTS = 5
MOST_MEMBERS = 60
_TEST_WORDS = "test tests teste essai essais toto tata titi asdf azerty qwerty lorem xxx"
# Words that half the poles have in their name.
_USUAL_WORDS = (
    "pole poles ptce territorial cooperation economique de du des d la le les l et en a au aux pour sur"
)
_SIMILAR = 0.6
_LONGEST_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")
_REPEATED = re.compile(r"(.)\1{4}")


def new_reference() -> str:
    """A reference that cannot be taken for that of a support request."""
    return f"C{references.new_reference()}"


def member_names(text: str) -> list[str]:
    """One member a line, each once, in the order they were typed."""
    lines = (one_line(line) for line in text.splitlines())
    names: dict[str, str] = {}
    for line in lines:
        if key := search_key(line):
            names.setdefault(key, line)
    return list(names.values())


def pushed_back(due_on: date, held_on: date, today: date, department_code: str | None) -> date:
    """A due date after a question: the working days that the answer took are given back to the cell."""
    held = clock.working_days_between(held_on, today, department_code)
    return clock.add_working_days(due_on, held, department_code)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared. `emails`: of the applicant and the contact. `texts`: the name and the plain answers."""

    name: str
    emails: frozenset[str]
    siret: str | None = None
    rna: str | None = None
    texts: tuple[str, ...] = ()
    region_code: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A pole or another application. `reference` None: a pole, whose page is that of `pole_id`."""

    name: str
    emails: frozenset[str] = frozenset()
    siret: str | None = None
    rna: str | None = None
    region_code: str | None = None
    pole_id: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """What the public register says of an establishment. `found` False: it knows no such number."""

    found: bool
    name: str | None = None
    open: bool | None = None
    region_code: str | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to look at; `known`: what it is about, where it is about something; `word`: what gave it away."""

    kind: HintKind
    known: Known | None = None
    word: str = ""


def hints(
    facts: Facts, others: Sequence[Known], company: Company | None, disposable: Iterable[str]
) -> list[Hint]:
    """What the cell should look at, in the order it matters; `disposable`: domains of addresses thrown away."""
    return [
        *(Hint(HintKind.SAME_LEAD, known) for known in others if _same_lead(facts, known)),
        *(Hint(HintKind.SAME_CONTACT, known) for known in others if facts.emails & known.emails),
        *(Hint(HintKind.SIMILAR_NAME, known) for known in others if are_similar(facts.name, known.name)),
        *_of_addresses(facts, frozenset(disposable)),
        *_of_texts(facts),
        *_of_company(facts, company),
    ]


def _same_lead(facts: Facts, known: Known) -> bool:
    """The same legal body: one SIREN, whatever the establishment, or one RNA."""
    same_siren = bool(facts.siret and known.siret) and (facts.siret or "")[:9] == (known.siret or "")[:9]
    return same_siren or bool(facts.rna and facts.rna == known.rna)


def are_similar(name: str, other: str) -> bool:
    """Do two names share most of their own words?"""
    own, others = (set(search_key(text).split()) - set(_USUAL_WORDS.split()) for text in (name, other))
    return bool(own and others) and len(own & others) / len(own | others) >= _SIMILAR


def _of_addresses(facts: Facts, disposable: frozenset[str]) -> Iterator[Hint]:
    for email in sorted(facts.emails):
        domain = email.rpartition("@")[2]
        if any(domain == ending or domain.endswith(f".{ending}") for ending in disposable):
            yield Hint(HintKind.DISPOSABLE_ADDRESS, word=domain)


def _of_texts(facts: Facts) -> Iterator[Hint]:
    """At most one: a word of tests in the name, or what hands do on a keyboard anywhere."""
    in_name = sorted(set(search_key(facts.name).split()) & set(_TEST_WORDS.split()))
    gibberish = (word for text in facts.texts for word in search_key(text).split() if _is_gibberish(word))
    word = in_name[0] if in_name else next(gibberish, "")
    if word:
        yield Hint(HintKind.LOOKS_LIKE_A_TEST, word=word[:40])


def _is_gibberish(word: str) -> bool:
    return not word.isdecimal() and bool(_LONGEST_CONSONANTS.search(word) or _REPEATED.search(word))


def _of_company(facts: Facts, company: Company | None) -> Iterator[Hint]:
    if company is None:
        return
    if not company.found:
        yield Hint(HintKind.COMPANY_UNKNOWN)
    elif company.open is False:
        yield Hint(HintKind.COMPANY_CLOSED, word=company.name or "")
    if company.region_code and facts.region_code and company.region_code != facts.region_code:
        yield Hint(HintKind.SEAT_ELSEWHERE, word=company.region_code)


def _read_domains() -> frozenset[str]:
    lines = (
        (Path(__file__).parent / "data" / "disposable_domains.txt").read_text(encoding="utf-8").splitlines()
    )
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


DISPOSABLE_DOMAINS = _read_domains()
"""Where addresses are made to be thrown away; `data/disposable_domains.txt` says where the list comes from."""


REQUIRED: Mapping[Section, tuple[str, ...]] = MappingProxyType(
    {
        Section.PROJECT: ("name", "purpose", "audience", "reason", "stage", "expectations"),
        Section.TERRITORY: ("commune_code", "sectors"),
        Section.ORGANISATIONS: ("lead_organisation", "members"),
        Section.CONTACT: ("given_name", "family_name", "contact_email"),
        Section.REGISTER: (),
    }
)
"""What an application needs to be sent: names of its fields, by the part of the form where they are written."""


def missing(application: object) -> list[tuple[Section, str]]:
    """The fields still to be filled before sending, with their part of the form."""
    return [
        (section, name)
        for section, names in REQUIRED.items()
        for name in names
        if not getattr(application, name)
    ]
