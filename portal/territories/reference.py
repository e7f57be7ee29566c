"""The 18 regions and 101 departments of France (INSEE, Code officiel géographique).

Reference data in code, not in the database: they change by law, about once in ten years. Codes are
text ("01", "2A", "974").
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from portal.text import search_key

RegionKind = Literal["metropolitan", "overseas"]


@dataclass(frozen=True, slots=True)
class Region:
    """A region; `sort_key` gives the French alphabetical order."""

    code: str
    name: str
    kind: RegionKind
    sort_key: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department and the region it belongs to."""

    code: str
    name: str
    region_code: str


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / "data" / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _read_regions() -> Mapping[str, Region]:
    regions = [
        Region(row["code"], row["name"], cast(RegionKind, row["kind"]), search_key(row["name"]))
        for row in _rows("regions.csv")
    ]
    return MappingProxyType(
        {region.code: region for region in sorted(regions, key=lambda region: region.sort_key)}
    )


def _read_departments() -> Mapping[str, Department]:
    departments = (Department(**row) for row in _rows("departments.csv"))
    return MappingProxyType({department.code: department for department in departments})


REGIONS: Mapping[str, Region] = _read_regions()
"""Regions by code, in French alphabetical order."""

DEPARTMENTS: Mapping[str, Department] = _read_departments()
"""Departments by code, in the usual order of codes: 01 to 19, 2A, 2B, 21 to 95, 971 to 976."""


_ONLY_DEPARTMENT = {
    region: departments[0]
    for region in REGIONS
    if len(
        departments := [
            department.code for department in DEPARTMENTS.values() if department.region_code == region
        ]
    )
    == 1
}


def named_like(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """The regions and the departments, by code, whose name holds a word of a search."""
    return (
        frozenset(region.code for region in REGIONS.values() if word in search_key(region.name)),
        frozenset(
            department.code for department in DEPARTMENTS.values() if word in search_key(department.name)
        ),
    )


def areas_named(name: str) -> tuple[str, ...]:
    """The departments, by code, that a name means: its own or that of their region, an article before it or not."""
    return _codes_by_name().get(_bare(name), ())


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    """What `areas_named` finds; a department comes before a region of its name."""
    regions = {
        _bare(region.name): tuple(department.code for department in departments_of(region.code))
        for region in REGIONS.values()
    }
    return {**regions, **{_bare(department.name): (department.code,) for department in DEPARTMENTS.values()}}


def _bare(name: str) -> str:
    first, _space, rest = search_key(name).partition(" ")
    return rest if first in {"l", "la", "le", "les"} and rest else search_key(name)


def place_of(department_code: str | None, region_code: str | None) -> str | None:
    """The department that says what day and time it is somewhere: its own, or the only one of its region."""
    return department_code or _ONLY_DEPARTMENT.get(region_code or "")


def region_name(code: str | None) -> str:
    """Return the name to show: empty for None, the code itself when it is unknown."""
    if code is None:
        return ""
    region = REGIONS.get(code)
    return region.name if region else code


def department_name(code: str | None) -> str:
    """Return the name to show: empty for None, the code itself when it is unknown."""
    if code is None:
        return ""
    department = DEPARTMENTS.get(code)
    return department.name if department else code


def departments_of(region_code: str) -> tuple[Department, ...]:
    """Return the departments of a region in the order of codes; none for an unknown region."""
    return tuple(department for department in DEPARTMENTS.values() if department.region_code == region_code)


def _neighbours(pairs: str) -> Mapping[str, frozenset[str]]:
    beside: dict[str, set[str]] = {}
    for pair in pairs.split():
        first, second = pair.split("-")
        beside.setdefault(first, set()).add(second)
        beside.setdefault(second, set()).add(first)
    return MappingProxyType({code: frozenset(codes) for code, codes in beside.items()})


NEIGHBOURS = _neighbours(
    "11-24 11-27 11-28 11-32 11-44 24-27 24-28 24-52 24-75 24-84 27-44 27-84 28-32 28-52 28-53 32-44 52-53 52-75"
    " 75-76 75-84 76-84 76-93 84-93"
)
"""The regions that a region touches, by code; islands and those overseas touch none."""
