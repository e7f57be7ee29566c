"""Regions and departments: complete, consistent, in the expected order."""

import pytest

from portal.territories.reference import (
    DEPARTMENTS,
    REGIONS,
    department_name,
    departments_of,
    region_name,
)


def test_there_are_18_regions_of_which_5_overseas() -> None:
    assert len(REGIONS) == 18
    assert sum(region.kind == "overseas" for region in REGIONS.values()) == 5
    assert {region.kind for region in REGIONS.values()} == {"metropolitan", "overseas"}


def test_there_are_101_departments() -> None:
    assert len(DEPARTMENTS) == 101
    assert len({department.name for department in DEPARTMENTS.values()}) == 101


def test_each_is_found_under_its_own_code() -> None:
    assert all(region.code == code for code, region in REGIONS.items())
    assert all(department.code == code for code, department in DEPARTMENTS.items())


def test_every_department_belongs_to_a_region_and_every_region_has_one() -> None:
    assert {department.region_code for department in DEPARTMENTS.values()} == set(REGIONS)


def test_regions_are_in_french_alphabetical_order() -> None:
    names = [region.name for region in REGIONS.values()]
    assert names[:3] == ["Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne"]
    assert names.index("Île-de-France") == names.index("Hauts-de-France") + 1
    assert names[-1].startswith("Provence-Alpes-Côte")


def test_departments_are_in_the_order_of_codes_with_corsica_at_20() -> None:
    codes = list(DEPARTMENTS)
    assert codes[:2] == ["01", "02"]
    assert codes[18:22] == ["19", "2A", "2B", "21"]
    assert codes[-6:] == ["95", "971", "972", "973", "974", "976"]


@pytest.mark.parametrize(
    ("code", "name", "region"),
    [
        ("01", "Ain", "Auvergne-Rhône-Alpes"),
        ("2A", "Corse-du-Sud", "Corse"),
        ("2B", "Haute-Corse", "Corse"),
        ("21", "Côte-d’Or", "Bourgogne-Franche-Comté"),
        ("22", "Côtes-d’Armor", "Bretagne"),
        ("44", "Loire-Atlantique", "Pays de la Loire"),
        ("60", "Oise", "Hauts-de-France"),
        ("61", "Orne", "Normandie"),
        ("90", "Territoire de Belfort", "Bourgogne-Franche-Comté"),
        ("95", "Val-d’Oise", "Île-de-France"),
        ("972", "Martinique", "Martinique"),
        ("974", "La Réunion", "La Réunion"),
        ("976", "Mayotte", "Mayotte"),
    ],
)
def test_some_departments(code: str, name: str, region: str) -> None:
    assert department_name(code) == name
    assert region_name(DEPARTMENTS[code].region_code) == region


def test_names_use_the_typographic_apostrophe() -> None:
    names = [region.name for region in REGIONS.values()]
    names += [department.name for department in DEPARTMENTS.values()]
    assert not any("'" in name for name in names)


def test_a_missing_or_unknown_code_can_still_be_shown() -> None:
    assert region_name(None) == ""
    assert department_name(None) == ""
    assert region_name("99") == "99"
    assert department_name("20") == "20"


def test_departments_of_a_region() -> None:
    assert [department.code for department in departments_of("94")] == ["2A", "2B"]
    assert [department.code for department in departments_of("53")] == ["22", "29", "35", "56"]
    assert departments_of("99") == ()


@pytest.mark.parametrize(
    ("code", "count"),
    [("84", 12), ("27", 8), ("24", 6), ("44", 10), ("32", 5), ("11", 8), ("28", 5), ("75", 12), ("76", 13)],
)
def test_number_of_departments(code: str, count: int) -> None:
    assert len(departments_of(code)) == count
