"""The map and the tables tell the same as the list."""

import gzip
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest
import time_machine

from portal.accounts.models import Membership
from portal.db import transaction
from portal.organisations.models import Pole, PoleSector
from portal.organisations.rules import Sector
from portal.organisations.seed import load_register
from portal.territories.reference import DEPARTMENTS, REGIONS
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]
_LINK = re.compile(r'<a id="departement-(\w+)" class="shade-(\d)" href="([^"]+)" aria-label="([^"]+)">')
_ROW = re.compile(
    r'<tr[^>]*>\s*<th scope="row"><a href="([^"]+)">([^<]+)</a></th>.*?<td class="number">(\d+)</td>', re.S
)
_TOTAL = re.compile(r'<th scope="row"[^>]*>Total</th><td class="number">(\d+)</td>')


class MapPage:
    """What the page of the map says: counts by department on the map, and rows of its two tables."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.links = {code: (unescape(href), unescape(name)) for code, _, href, name in _LINK.findall(text)}
        self.on_the_map = {code: _poles(name) for code, (_href, name) in self.links.items()}
        self.shades = {code: int(shade) for code, shade, *_ in _LINK.findall(text)}
        departments, regions = text.split('id="departements"')[1].split("</details>")
        self.regions, self.departments = _rows(regions), _rows(departments)
        self.totals = [int(number) for number in _TOTAL.findall(text)]


def _rows(text: str) -> dict[str, int]:
    """The numbers of a table by the address of their row."""
    return {unescape(href): int(number) for href, _name, number in _ROW.findall(text)}


def _poles(name: str) -> int:
    return int(name.rsplit(": ", 1)[1].split()[0])


def _open(browse: Browse, query: str = "") -> MapPage:
    browser = browse(None)
    browser.post("/langue", {"language": "en"})
    return MapPage(browser.get(f"/ptce/carte{query}").text)


def _listed(browse: Browse, address: str) -> int:
    """How many poles the list says it has at an address."""
    found = re.search(r">(\d+) PTCE</caption>", browse(None).get(address).text)
    return int(found.group(1)) if found else 0


def _pole(make: Builder, region: str | None, department: str | None, *sectors: Sector) -> Pole:
    worked_on = [PoleSector(sector=sector) for sector in sectors]
    return make.pole(published=True, region_code=region, department_code=department, sectors=worked_on)


@pytest.fixture
def some(make: Builder) -> None:
    """Poles here and there, two without a department, one without a region, others that do not count."""
    for region, department in (("53", "35"), ("53", "35"), ("11", "93"), ("04", "974"), ("94", "2A")):
        _pole(make, region, department, Sector.FOOD)
    kept = _pole(make, "76", None, Sector.ENERGY)
    _pole(make, None, None)
    for hidden in ({"published": False}, {"active": False}, {"merged_into_id": kept.id}):
        make.pole(**{"published": True, "region_code": "53", "department_code": "35", **hidden})


@pytest.mark.parametrize("query", ["", "?secteur=food", "?region=53", "?departement=inconnu", "?q=zzz"])
def test_map_tables_and_list_agree_whatever_is_asked(some: None, browse: Browse, query: str) -> None:
    page = _open(browse, query)
    assert set(page.on_the_map) == set(DEPARTMENTS)
    assert len(page.regions) == len(REGIONS) + 1
    assert len(page.departments) == len(DEPARTMENTS) + 1
    for code, (href, _name) in page.links.items():
        assert page.departments[href] == page.on_the_map[code]
    assert sum(page.departments.values()) == sum(page.regions.values())
    assert page.totals == [sum(page.regions.values())] * 2 == [_listed(browse, f"/ptce{query}")] * 2


def test_every_number_is_what_its_link_lists(some: None, browse: Browse) -> None:
    page = _open(browse, "?secteur=food")
    numbers = {**page.departments, **page.regions}
    shown = {address: number for address, number in numbers.items() if number}
    assert len(shown) == 4 + 4
    assert all("secteur=food" in address for address in numbers)
    assert {address: _listed(browse, address) for address in shown} == shown
    empty = [address for address, number in numbers.items() if not number][::20]
    assert [_listed(browse, address) for address in empty] == [0] * len(empty)


def test_the_real_register_is_all_on_the_page(make: Builder, browse: Browse) -> None:
    with transaction():
        load_register()
    page = _open(browse)
    assert page.totals == [62, 62]
    assert page.on_the_map["974"] == 4
    assert page.links["974"][1] == "La Réunion (974): 4 PTCE"
    not_known = 62 - sum(page.on_the_map.values())
    assert f"{not_known} PTCE are not on the map" in page.text
    assert _listed(browse, "/ptce?departement=inconnu") == not_known


def test_numbers_are_printed_beside_the_shades(make: Builder, browse: Browse) -> None:
    for _time in range(4):
        _pole(make, "53", "35")
    page = _open(browse)
    assert (page.shades["35"], page.shades["56"]) == (3, 0)
    printed = re.findall(r'<text class="poles[^>]*>(\d+)</text>', page.text)
    assert printed == ["4"]


@time_machine.travel(date(2026, 3, 9))
def test_the_map_carries_its_date_and_its_rule(some: None, browse: Browse) -> None:
    text = _open(browse).text
    assert "7 PTCE on 9 March 2026" in text
    assert "this is not their total number" in text
    filtered = _open(browse, "?secteur=food").text
    assert "5 PTCE answer to the filters" in filtered
    assert "On 9 March 2026 the register holds 7 PTCE." in filtered


def test_an_empty_register_has_a_map_too(make: Builder, browse: Browse) -> None:
    page = _open(browse)
    assert page.totals == [0, 0]
    assert "not on the map" not in page.text


def test_the_map_costs_the_same_for_one_pole_and_for_fifty(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    browser, costs = browse(None), []
    for size in (1, 50):
        for number in range(size):
            _pole(make, "53", "35" if number % 2 else None)
        queries.clear()
        browser.get("/ptce/carte")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 4


def test_the_first_visit_of_the_map_is_light(make: Builder, browse: Browse) -> None:
    """HTML, shapes, style, script, icons and font, as they travel."""
    with transaction():
        load_register()
    text = browse(None).get("/ptce/carte").text
    style = _file("/static/built/theme.css").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', text))
    font = "/static/built/fonts/" + re.findall(r"fonts/(source-sans-3-latin-5[^\"]+)", style)[0]
    parts = [text.encode(), *(_file(address).read_bytes() for address in named)]
    size = sum(len(gzip.compress(part)) for part in parts) + _file(font).stat().st_size
    assert size < 100_000


def _file(address: str) -> Path:
    return Path(__file__).parents[3] / address.removeprefix("/")
