"""What one may ask of the public register, and how its poles are counted on the map and in its tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.territories.reference import DEPARTMENTS, REGIONS

NOT_KNOWN = "inconnu"
"""In place of a region or department in the address: poles of which it is not known."""

SHADES = (0, 1, 2, 4, 8)
"""The least number of poles of each shade of the map, from the lightest."""


@dataclass(frozen=True, slots=True)
class RegisterFilters:
    """What is asked of the register; None and empty ask for nothing."""

    text: str = ""
    region_code: str | None = None
    department_code: str | None = None
    sector: Sector | None = None
    recognition: RecognitionKind | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many poles a department has; its codes as they are stored."""

    region_code: str | None
    department_code: str | None
    poles: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The same poles counted twice: by department and by region, all of them named, and where it is not known."""

    by_department: Mapping[str, int]
    department_not_known: int
    by_region: Mapping[str, int]
    region_not_known: int

    @property
    def total(self) -> int:
        return sum(self.by_department.values()) + self.department_not_known


def tally(counts: Iterable[PlaceCount]) -> Tally:
    """Add up the counts; a code that no longer exists is as a place not known."""
    departments, regions = dict.fromkeys([*DEPARTMENTS, None], 0), dict.fromkeys([*REGIONS, None], 0)
    for count in counts:
        department, region = count.department_code, count.region_code
        departments[department if department in DEPARTMENTS else None] += count.poles
        regions[region if region in REGIONS else None] += count.poles
    nowhere, outside = departments.pop(None), regions.pop(None)
    return Tally(
        {code: departments[code] for code in DEPARTMENTS},
        nowhere,
        {code: regions[code] for code in REGIONS},
        outside,
    )


def shade(poles: int) -> int:
    """The shade of a department on the map: the last whose least number it reaches."""
    return sum(poles >= least for least in SHADES) - 1
