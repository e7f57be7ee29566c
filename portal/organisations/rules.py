"""What kinds of organisations there are, where they work, and who keeps their records."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from stdnum.fr import siret

from portal.access.roles import Actor, Role
from portal.territories.reference import departments_of, place_of
from portal.text import one_line
from portal.web.links import Link


class OrganisationKind(StrEnum):
    POLE = "pole"
    PARTNER = "partner"
    REGIONAL_CELL = "regional_cell"
    NATIONAL_CELL = "national_cell"
    FUNDER = "funder"


class Standing(StrEnum):
    """How a record stands: used, used and lacking facts, no longer used, or gone into another record."""

    ACTIVE = "active"
    INCOMPLETE = "incomplete"
    INACTIVE = "inactive"
    MERGED = "merged"


class Stage(StrEnum):
    """How far a pole is; dated, since it changes."""

    EMERGING = "emerging"
    DEVELOPING = "developing"
    CONSOLIDATING = "consolidating"
    INACTIVE = "inactive"


class RecognitionKind(StrEnum):
    """The public calls and commitments that recognise poles; always said with their year."""

    POLE_TEMOIN = "pole_temoin"
    AAP_2013 = "aap_2013"
    AAP_2015 = "aap_2015"
    AMI_PHASE_1 = "ami_phase_1"
    AMI_PHASE_2 = "ami_phase_2"
    CHARTER = "charter"


class AddressFlaw(StrEnum):
    """Why a text is not the address of a page of the web."""

    EMAIL = "email"
    NAMES_SOMEBODY = "names_somebody"
    NO_PAGE = "no_page"


class Sector(StrEnum):
    """What poles work on, wide enough to find them by; a pole has one or more."""

    FOOD = "food"
    CIRCULAR_ECONOMY = "circular_economy"
    BUILDING = "building"
    ENERGY = "energy"
    MOBILITY = "mobility"
    INDUSTRY = "industry"
    CARE = "care"
    EMPLOYMENT = "employment"
    CULTURE = "culture"
    SPORT_AND_TOURISM = "sport_and_tourism"
    NATURE = "nature"
    DIGITAL = "digital"
    LOCAL_LIFE = "local_life"
    ENTERPRISE = "enterprise"


class Place(Protocol):
    """A coverage: a region, a department, or the whole country when neither is named."""

    @property
    def region_code(self) -> str | None: ...

    @property
    def department_code(self) -> str | None: ...


def covers(places: Iterable[Place], region_code: str | None, department_code: str | None) -> bool:
    """Tell whether one of the places holds this one; only the whole country holds a place not known."""
    return any(_holds(place, region_code, department_code) for place in places)


def _holds(place: Place, region_code: str | None, department_code: str | None) -> bool:
    if place.region_code is not None:
        return place.region_code == region_code
    return place.department_code is None or place.department_code == department_code


def reaches(places: Iterable[Place], region_code: str) -> bool:
    """Tell whether one of the places holds some part of the region."""
    departments = {department.code for department in departments_of(region_code)}
    return any(place.department_code in departments or _holds(place, region_code, None) for place in places)


def may_cover(places: Sequence[Place], region_code: str | None, department_code: str | None) -> bool:
    """Does one of the places hold this one, or could it, as far as this one is known?"""
    if department_code is not None:
        return covers(places, region_code, department_code)
    return reaches(places, region_code) if region_code is not None else bool(places)


def place_followed(
    kind: OrganisationKind,
    own: tuple[str | None, str | None],
    covered: Iterable[tuple[str | None, str | None]],
) -> str | None:
    """The department whose clocks an organisation follows, None: those of Paris. A pole, its own; others, the one they
    cover. Places are the codes of a department and of a region, either unknown."""
    if kind is OrganisationKind.POLE:
        return place_of(*own)
    places = {place_of(*codes) for codes in covered}
    return places.pop() if len(places) == 1 else None


KINDS_WITH_ABSENCES = frozenset({OrganisationKind.PARTNER, OrganisationKind.REGIONAL_CELL})
"""Who takes requests, and may say when it takes none."""
LONGEST_ABSENCE = timedelta(days=366)
"""Of an organisation, and of a person."""


def keeps(actor: Actor, record: Any) -> bool:
    """Is the record the actor's to keep? `queries.editable_by` says the same in SQL."""
    return not record.merged_into_id and looks_after(actor, record)


def looks_after(actor: Actor, record: Any) -> bool:
    """Is it the actor's own organisation, or one that their cell follows? The national cell follows all."""
    if actor.role is Role.NATIONAL_ADMIN or record.id == actor.organisation_id:
        return True
    in_region = record.kind is OrganisationKind.POLE and record.region_code in actor.region_codes
    return actor.role is Role.REGIONAL_ADMIN and in_region


NOBODY = 0
"""Chosen instead of a successor: what an organisation that ends has open is cancelled, or goes back to the cells."""
FIRST_RECOGNITION = 2009
EARLIEST_STAGE = date(2000, 1, 1)
"""Poles were first named in the years 2000: an earlier date is a slip."""

_HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+", re.A | re.I)
_NOT_IN_ADDRESSES = re.compile(r'[\s<>"\\^`{|}\x00-\x1f\x7f]')


def with_scheme(typed: str) -> str:
    """People type www.exemple.fr; browsers want https://."""
    return f"https://{typed}" if typed and "://" not in typed else typed


def address_flaw(address: str) -> AddressFlaw | None:
    """What keeps a text, scheme included, from being the address of a page; None: it is one."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode() if parts.port != 0 else ""
    except ValueError:  # a bracket that is not closed, a port that is none, a name that no server can have
        return AddressFlaw.NO_PAGE
    if (
        parts.scheme not in {"http", "https"}
        or _NOT_IN_ADDRESSES.search(address)
        or not _HOST.fullmatch(host)
    ):
        return AddressFlaw.NO_PAGE
    if parts.username is not None:
        alone = parts.password is None and parts.path in {"", "/"}
        return AddressFlaw.EMAIL if alone else AddressFlaw.NAMES_SOMEBODY
    return None


_RNA = re.compile(r"W[0-9A-Z]{9}")


def typed_siret(text: str) -> str | None:
    """The 14 digits of a SIRET that was typed, spaces or not, or None where it is none (Luhn; La Poste apart)."""
    number: str = siret.compact(one_line(text))
    return number if siret.is_valid(number) else None


def typed_rna(text: str) -> str | None:
    """The number of an association (répertoire national des associations): W and nine characters, or None."""
    number = one_line(text).replace(" ", "").upper()
    return number if _RNA.fullmatch(number) else None


@dataclass(frozen=True, slots=True)
class Left:
    """Open work of one kind that a person or an organisation leaves. `asks`: somebody must say whose it is."""

    label: Any
    links: Sequence[Link]
    asks: bool = True


class Days(Protocol):
    """An absence: two days, both included."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...


def absent_until(absences: Iterable[Days], day: date) -> date | None:
    """The last day of the absence that a day is in, or None; absences that follow one another count as one."""
    until, free = None, day
    for absence in sorted(absences, key=lambda days: days.starts_on):
        if absence.starts_on <= free <= absence.ends_on:
            until, free = absence.ends_on, absence.ends_on + timedelta(days=1)
    return until
