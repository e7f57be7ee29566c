"""Cells that say where: regions, departments, communes and coverages, by name as people write them."""

import re

from flask_babel import gettext as _

from portal.territories import communes
from portal.territories.communes import Commune
from portal.territories.reference import DEPARTMENTS, REGIONS, department_name, region_name
from portal.text import search_key
from portal.transfers.cells import CellRefused, join, several

Places = frozenset[tuple[str | None, str | None]]
"""Regions and departments by code; neither: the whole country."""
WHOLE_COUNTRY = "Toute la France"
_BRACKETED = re.compile(r"(.*)\((\w{1,3})\)\s*")


def read_region(text: str) -> str:
    key = search_key(text)
    for region in REGIONS.values():
        if key == region.sort_key:  # its number is that of a department, which may be meant
            return region.code
    raise CellRefused(_("Write the name of a region as INSEE does, for instance Normandie."))


def write_region(code: str | None) -> str:
    return region_name(code)


def read_department(text: str) -> str:
    """Eure (27), 27, Eure; 1 for 01, as spreadsheets make it."""
    bracketed = _BRACKETED.fullmatch(text)
    code = (bracketed[2] if bracketed else text).strip().upper().zfill(2)
    if code in DEPARTMENTS:
        return code
    key = search_key(text)
    for department in DEPARTMENTS.values():
        if search_key(department.name) == key:
            return department.code
    raise CellRefused(_("Write a department with its number, for instance Eure (27)."))


def write_department(code: str | None) -> str:
    return f"{department_name(code)} ({code})" if code else ""


def read_town(text: str, department_code: str = "") -> Commune:
    """Rouen (76), or the INSEE code 76540. `department_code`: what the line says beside, which tells homonyms apart."""
    found = communes.commune(text) or communes.find(text)
    if not isinstance(found, Commune) and department_code and "(" not in text:
        found = communes.find(f"{text} ({department_code})")
    if isinstance(found, Commune):
        return found
    if found:
        names = " ; ".join(one.described for one in found[:5])
        raise CellRefused(_("Several communes may be meant: write one of %(names)s.", names=names))
    raise CellRefused(_("No commune has this name: write it with its department, for instance Rouen (76)."))


def write_town(town: Commune | str | None) -> str:
    """A commune by its label, or the text that was typed before communes were known by their codes."""
    return town.label if isinstance(town, Commune) else town or ""


def read_places(text: str) -> Places:
    """Toute la France, or regions by name and departments: Normandie | Ain (01)."""
    parts = several(text)
    if any(search_key(part) in {"toute la france", "france entiere"} for part in parts):
        if len(parts) > 1:
            raise CellRefused(_("Write either Toute la France, or regions and departments."))
        return frozenset({(None, None)})
    return frozenset(_place(part) for part in parts)


def _place(text: str) -> tuple[str | None, str | None]:
    """A region by its name, else a department."""
    key = search_key(text)
    for region in REGIONS.values():
        if key == region.sort_key:
            return region.code, None
    try:
        return None, read_department(text)
    except CellRefused:
        raise CellRefused(
            _("Write Toute la France, or regions and departments such as Normandie | Ain (01).")
        ) from None


def write_places(places: Places) -> str:
    if not places:
        return ""
    if (None, None) in places:
        return WHOLE_COUNTRY
    return join(sorted(write_region(region) or write_department(department) for region, department in places))
