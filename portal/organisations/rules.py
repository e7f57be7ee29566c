"""Where an organisation works, and what one may ask of the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from portal.organisations.kinds import RecognitionKind, Stage
from portal.territories.reference import departments_of


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


@dataclass(frozen=True, slots=True)
class RegisterFilters:
    """What is asked of the register; None and empty ask for nothing."""

    text: str = ""
    region_code: str | None = None
    recognition: RecognitionKind | None = None
    stage: Stage | None = None
