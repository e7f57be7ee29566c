"""Each fact about an organisation: what it is, who keeps it, who reads it, how long it may be.

Made of this table: the fields of its page, who may edit what, what the journal holds, what is chosen when two records
become one, the columns of files, and the limits of all of these. What it is called: `words.py` beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from portal.access.roles import Actor, Role
from portal.organisations.rules import OrganisationKind


class Value(Enum):
    """Kinds of values: each is typed in one way, read from a file in one way, and kept in one way."""

    NAME = auto()
    TEXT = auto()
    PROSE = auto()
    WEBSITE = auto()
    EMAIL = auto()
    SIRET = auto()
    RNA = auto()
    NUMBER = auto()
    YES_NO = auto()
    SOURCES = auto()
    TOWN = auto()
    REGION = auto()
    SECTORS = auto()
    MEMBERS = auto()
    EVERYWHERE = auto()
    REGIONS = auto()
    DEPARTMENTS = auto()


class Keeper(Enum):
    """Who changes a fact, of those whose record it is to keep."""

    EVERYBODY = auto()
    CELLS = auto()
    NATIONAL_CELL = auto()


class Readers(Enum):
    """Who reads a fact: everybody, or the organisation, the cells and the partners it asks."""

    ALL = auto()
    FEW = auto()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of some kinds of organisations. `keepers`: who changes it, by kind.

    `limit`: characters at most, of each where there are several; of a number, the largest; 0 where nothing limits it.
    `chosen_with`: the fact with which it is chosen when two records become one.
    """

    name: str
    value: Value
    keepers: Mapping[OrganisationKind, Keeper]
    readers: Readers = Readers.ALL
    limit: int = 0
    chosen_with: str = ""


_POLE, _PARTNER = OrganisationKind.POLE, OrganisationKind.PARTNER
_ALL = dict.fromkeys(OrganisationKind, Keeper.EVERYBODY)
_NAMED = {**dict.fromkeys(OrganisationKind, Keeper.NATIONAL_CELL), _POLE: Keeper.CELLS}
_POLES = {_POLE: Keeper.EVERYBODY}
_POLES_BY_CELLS = {_POLE: Keeper.CELLS}
_PARTNERS = {_PARTNER: Keeper.EVERYBODY}
_FOLLOWED = {**_PARTNERS, OrganisationKind.REGIONAL_CELL: Keeper.NATIONAL_CELL}
"""The regions of a cell say what its people may see."""

FACTS = (
    Fact("name", Value.NAME, _NAMED, limit=200),
    Fact("public_summary", Value.PROSE, _POLES, limit=2000),
    Fact("town", Value.TOWN, _POLES),
    Fact("region", Value.REGION, _POLES_BY_CELLS, chosen_with="town"),
    Fact("sectors", Value.SECTORS, _POLES),
    Fact("sector", Value.TEXT, _POLES, limit=200),
    Fact("website", Value.WEBSITE, _ALL, limit=300),
    Fact("lead_organisation", Value.TEXT, _POLES, limit=200),
    Fact("members", Value.MEMBERS, _POLES, limit=200),
    Fact("peer_mentor", Value.YES_NO, _POLES_BY_CELLS),
    Fact("published", Value.YES_NO, _POLES_BY_CELLS),
    Fact("source", Value.SOURCES, _POLES_BY_CELLS),
    Fact("everywhere", Value.EVERYWHERE, _PARTNERS),
    Fact("regions", Value.REGIONS, _FOLLOWED),
    Fact("departments", Value.DEPARTMENTS, _PARTNERS),
    Fact("capacity_per_month", Value.NUMBER, _PARTNERS, Readers.FEW, limit=999),
    Fact("lead_siret", Value.SIRET, _POLES, Readers.FEW, chosen_with="lead_organisation"),
    Fact("lead_rna", Value.RNA, _POLES, Readers.FEW, chosen_with="lead_organisation"),
    Fact("shared_mailbox", Value.EMAIL, _ALL, Readers.FEW, limit=254),
)
"""In the order of the page on which they are typed; a region is typed by its town."""

DEDUCED: Mapping[str, frozenset[str]] = {
    "town": frozenset({"town", "department", "region"}),
    "sector": frozenset({"sector"}),
    "lead_organisation": frozenset({"lead_organisation"}),
}
"""What may have been deduced of a pole, and is not any more once somebody writes the fact."""

FACT: Mapping[str, Fact] = {fact.name: fact for fact in FACTS}


def facts_of(kind: OrganisationKind) -> list[Fact]:
    """The facts of a kind of organisation."""
    return [fact for fact in FACTS if kind in fact.keepers]


_COLUMNS: Mapping[Value, tuple[str, ...]] = {
    Value.TOWN: ("town", "department_code", "commune_code", "longitude", "latitude"),
    Value.REGION: ("region_code",),
    Value.SECTORS: (),
    Value.MEMBERS: (),
    Value.EVERYWHERE: (),
    Value.REGIONS: (),
    Value.DEPARTMENTS: (),
}
"""Where a value is held that is not in the column of its fact's name; nowhere: in rows of its own."""


def columns_of(fact: Fact) -> tuple[str, ...]:
    """The columns that hold a fact in the row of its organisation."""
    return _COLUMNS.get(fact.value, (fact.name,))


def plain_facts(kind: OrganisationKind) -> list[str]:
    """The facts of a kind of organisation that are each in the column of their name."""
    return [fact.name for fact in facts_of(kind) if fact.value not in _COLUMNS]


def facts_kept_by(actor: Actor, kind: OrganisationKind) -> frozenset[str]:
    """What an actor may change of an organisation that is theirs to keep."""
    keepers = {Keeper.EVERYBODY}
    if actor.is_cell:
        keepers.add(Keeper.CELLS)
    if actor.role is Role.NATIONAL_ADMIN:
        keepers.add(Keeper.NATIONAL_CELL)
    return frozenset(fact.name for fact in facts_of(kind) if fact.keepers[kind] in keepers)


_SOMEWHERE = {"places": ("coverages",)}
NEEDED: Mapping[OrganisationKind, Mapping[str, tuple[str, ...]]] = {
    OrganisationKind.POLE: {
        "region": ("region_code",),
        "stage": ("stage",),
        "lead": ("lead_siret", "lead_rna"),
        "public_summary": ("public_summary",),
    },
    OrganisationKind.PARTNER: _SOMEWHERE,
    OrganisationKind.REGIONAL_CELL: _SOMEWHERE,
}
"""What a record needs to be of use, by kind, each with what says it, one being enough: a pole is found and recognised
by it, others are routed to. `queries.is_incomplete` is made of it too."""


def missing(record: Any) -> list[str]:
    """What a record still lacks to be of use."""
    needed = NEEDED.get(record.kind, {})
    return [
        name for name, said_by in needed.items() if not any(getattr(record, column) for column in said_by)
    ]
