"""What of a service a request depends on. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.catalogue.rules import Beside
from portal.catalogue.sheets.rules import COLUMNS
from portal.organisations.rules import RecognitionKind
from portal.territories.reference import department_name, region_name

_OF_A_MOMENT = frozenset({"notice", "notice_en", "notice_until", "inferred", "languages"})
KEPT = tuple(name for name in COLUMNS if name not in _OF_A_MOMENT)
"""All that a sheet says but for a notice, which passes; languages are kept beside, in their order."""


def recognition(kind: str, year: int | None) -> str:
    """A recognition that lets a pole ask, by its word and its year, where one is asked for."""
    return f"{kind} {year or ''}".strip()


def recognition_of(kept: str) -> tuple[RecognitionKind, int | None]:
    """The same read again."""
    kind, _space, year = kept.partition(" ")
    return RecognitionKind(kind), int(year) if year else None


def place(region_code: str | None, department_code: str | None) -> str:
    """A region by its name, a department with its number too: overseas, both have one name."""
    if department_code:
        return f"{department_name(department_code)} ({department_code})"
    return region_name(region_code)


def time_counted(sheet: Mapping[str, Any]) -> Sequence[Beside]:
    """What partners count beside the sessions of what was asked under it."""
    return [name for name in Beside if name in sheet.get("time_counted", ())]


def contents(
    service: Any, stages: Iterable[str], recognitions: Iterable[str], places: Iterable[str]
) -> dict[str, Any]:
    """As JSON holds it, so that two are compared as they are stored."""
    plain = {name: getattr(service, name) for name in KEPT}
    facts = {name: str(value) if isinstance(value, str) else value for name, value in plain.items()}
    lists = {
        "languages": service.languages,
        "stages": stages,
        "recognitions": recognitions,
        "places": places,
    }
    sorted_lists = {name: sorted(map(str, values)) for name, values in lists.items()}
    return {**facts, **sorted_lists, "questions": service.questions}
