"""What organisations are called on the screen."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.organisations.rules import (
    AddressFlaw,
    OrganisationKind,
    Place,
    RecognitionKind,
    Sector,
    Stage,
    Standing,
)
from portal.territories.reference import department_name, region_name
from portal.text import search_key
from portal.web import templating

KINDS: Mapping[OrganisationKind, Any] = {
    OrganisationKind.POLE: _l("PTCE"),
    OrganisationKind.PARTNER: _l("Partner"),
    OrganisationKind.REGIONAL_CELL: _l("Regional cell"),
    OrganisationKind.NATIONAL_CELL: _l("National cell"),
    OrganisationKind.FUNDER: _l("Funder"),
}

STANDINGS: Mapping[Standing, Any] = {
    Standing.ACTIVE: _l("Active ones"),
    Standing.INCOMPLETE: _l("Incomplete ones"),
    Standing.INACTIVE: _l("Those no longer active"),
    Standing.MERGED: _l("Those merged into another"),
}

NOTHING_OPEN = _l("Nobody: it ends")
WITHOUT_SUCCESSOR: Mapping[OrganisationKind, Any] = {
    OrganisationKind.POLE: _l("Nobody: its requests are dropped, and their partners freed"),
    OrganisationKind.PARTNER: _l("Its requests go back to their cells, which look for another partner"),
    OrganisationKind.REGIONAL_CELL: _l("The national cell takes it over"),
}
"""What becomes of the open work of an organisation that ends without a successor."""

ADDRESS_FLAWS: Mapping[AddressFlaw, Any] = {
    AddressFlaw.EMAIL: _l("This is an e-mail address. Type that of a page, such as https://www.exemple.fr."),
    AddressFlaw.NAMES_SOMEBODY: _l(
        "This address holds a user name. Type the one that everybody may open, without it."
    ),
    AddressFlaw.NO_PAGE: _l("This is not the address of a page. Type one such as https://www.exemple.fr."),
}

STAGES: Mapping[Stage, Any] = {
    Stage.EMERGING: _l("Emerging"),
    Stage.DEVELOPING: _l("Developing"),
    Stage.CONSOLIDATING: _l("Consolidating"),
    Stage.INACTIVE: _l("Inactive"),
}

SECTORS: Mapping[Sector, Any] = {
    Sector.FOOD: _l("Food and farming"),
    Sector.CIRCULAR_ECONOMY: _l("Re-use and circular economy"),
    Sector.BUILDING: _l("Building and renovation"),
    Sector.ENERGY: _l("Energy"),
    Sector.MOBILITY: _l("Mobility"),
    Sector.INDUSTRY: _l("Industry and crafts"),
    Sector.CARE: _l("Care and personal services"),
    Sector.EMPLOYMENT: _l("Employment and integration"),
    Sector.CULTURE: _l("Culture and heritage"),
    Sector.SPORT_AND_TOURISM: _l("Sport and tourism"),
    Sector.NATURE: _l("Nature and environment"),
    Sector.DIGITAL: _l("Digital"),
    Sector.LOCAL_LIFE: _l("Local life and shared places"),
    Sector.ENTERPRISE: _l("Help to start and run enterprises"),
}

RECOGNITIONS: Mapping[RecognitionKind, Any] = {
    RecognitionKind.POLE_TEMOIN: _l("Pilot pole (pôle témoin)"),
    RecognitionKind.AAP_2013: _l("Call for projects AAP 2013"),
    RecognitionKind.AAP_2015: _l("Call for projects AAP 2015"),
    RecognitionKind.AMI_PHASE_1: _l("AMI phase 1"),
    RecognitionKind.AMI_PHASE_2: _l("AMI phase 2"),
    RecognitionKind.CHARTER: _l("Signatory of the charter"),
}


def recognition_label(kind: RecognitionKind, year: int | None) -> str:
    """A recognition with its year, which is never left out when it is known."""
    label = str(RECOGNITIONS[kind])
    return _("%(label)s (%(year)d)", label=label, year=year) if year else label


def sector_names(sectors: Iterable[Any]) -> list[str]:
    """What a pole works on, in French or English order of letters."""
    return sorted((str(SECTORS[sector.sector]) for sector in sectors), key=search_key)


def whereabouts(pole: Any) -> str:
    """Where a pole is: its town, and always its department and its region, or that one of them is not known."""
    department = department_name(pole.department_code) or _("department not known")
    region = region_name(pole.region_code) or _("region not known")
    if not pole.department_code and not pole.region_code:
        department, region = "", _("department and region not known")
    return ", ".join(dict.fromkeys(filter(None, (pole.town, department, region))))


def stage_line(pole: Any) -> str:
    """The stage of a pole with the day it was reached, which is never left out when it is known."""
    if not pole.stage:
        return _("not known")
    if not pole.stage_since:
        return str(STAGES[pole.stage])
    return _("%(stage)s since %(day)s", stage=STAGES[pole.stage], day=templating.day(pole.stage_since))


def place_names(places: Iterable[Place]) -> list[str]:
    """Where an organisation works: the country alone, or its regions and departments by name."""
    codes = [(place.region_code, place.department_code) for place in places]
    if (None, None) in codes:
        return [_("Whole of France")]
    names = [region_name(region) or department_name(department) for region, department in codes]
    return sorted(names, key=search_key)


def site_name(address: str) -> str:
    """The name of the site an address leads to: https://www.avise.org/x gives avise.org."""
    return (urlsplit(address).hostname or address).removeprefix("www.")
