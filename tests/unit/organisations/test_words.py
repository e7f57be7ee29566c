"""How organisations are said."""

import pytest

from portal.organisations.words import site_name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.avise.org/actualites/x", "avise.org"),
        ("http://rtes.fr/x?page=4", "rtes.fr"),
        ("not an address", "not an address"),
    ],
)
def test_the_name_of_a_site_is_its_domain(address: str, name: str) -> None:
    assert site_name(address) == name
