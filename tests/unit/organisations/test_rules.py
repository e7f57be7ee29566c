"""Where an organisation works."""

from dataclasses import dataclass

from portal.organisations.rules import covers, reaches


@dataclass(frozen=True)
class Somewhere:
    region_code: str | None = None
    department_code: str | None = None


COUNTRY = Somewhere()
NORMANDIE = Somewhere(region_code="28")
EURE_ET_LOIR = Somewhere(department_code="28")
SEINE_MARITIME = Somewhere(department_code="76")


def test_the_country_covers_every_place_even_one_not_known() -> None:
    assert covers([COUNTRY], "28", "76")
    assert covers([COUNTRY], None, None)


def test_a_region_covers_itself_alone() -> None:
    assert covers([NORMANDIE], "28", "76")
    assert covers([NORMANDIE], "28", None)
    assert not covers([NORMANDIE], "24", "28")
    assert not covers([NORMANDIE], None, None)


def test_a_department_covers_itself_alone() -> None:
    assert covers([SEINE_MARITIME], "28", "76")
    assert not covers([SEINE_MARITIME], "28", "14")
    assert not covers([SEINE_MARITIME], "28", None)
    assert not covers([SEINE_MARITIME], None, None)


def test_a_department_and_a_region_of_the_same_code_are_not_confused() -> None:
    assert not covers([EURE_ET_LOIR], "28", "76")
    assert not covers([NORMANDIE], "24", "28")


def test_one_place_among_several_is_enough_and_none_covers_nothing() -> None:
    assert covers([NORMANDIE, EURE_ET_LOIR], "24", "28")
    assert not covers([], "28", "76")


def test_a_region_is_reached_by_itself_by_its_departments_and_by_the_country() -> None:
    assert all(reaches([place], "28") for place in (COUNTRY, NORMANDIE, SEINE_MARITIME))
    assert not reaches([EURE_ET_LOIR], "28")
    assert not reaches([Somewhere(region_code="24")], "28")
