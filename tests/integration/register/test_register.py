"""The public register."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from portal.accounts.models import Membership
from portal.db import transaction
from portal.organisations.kinds import RecognitionKind, Stage
from portal.organisations.models import Pole, Recognition
from portal.organisations.seed import load_register
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]


def _published(make: Builder, name: str, **values: Any) -> Pole:
    recognitions = [Recognition(kind=kind, year=year) for kind, year in values.pop("recognised", ())]
    defaults = {"stage": None, "source": "https://www.source.example/page", "department_code": None}
    return make.pole(name=name, published=True, recognitions=recognitions, **{**defaults, **values})


def _in_english(browser: Browser) -> Browser:
    browser.post("/langue", {"language": "en"})
    return browser


def test_only_published_poles_are_there_and_nothing_of_the_demonstration(
    make: Builder, browse: Browse
) -> None:
    real = _published(make, "Le Levier")
    stopped = _published(make, "Le Dormeur", active=False)
    invented = make.pole(name="Pôle inventé", stage=Stage.EMERGING)
    browser = browse(None)
    text = browser.get("/ptce").text
    assert "Le Levier" in text
    assert "Le Dormeur" not in text
    assert "inventé" not in text
    assert browser.get(f"/ptce/{real.id}").status_code == 200
    for hidden in (stopped.id, invented.id, make.partner().id, 999_999, 2**31):
        assert browser.get(f"/ptce/{hidden}").status_code == 404


def test_a_pole_shows_its_facts_its_sources_and_what_was_deduced(make: Builder, browse: Browse) -> None:
    pole = _published(
        make,
        "Éco Rénov",
        town="Strasbourg",
        region_code="44",
        department_code="67",
        sector="Rénovation",
        lead_organisation="SCIC Kèpos",
        inferred="town sector",
        source="https://www.one.example/a https://two.example/b",
        recognised=[(RecognitionKind.AMI_PHASE_2, 2021), (RecognitionKind.AAP_2013, 2014)],
    )
    text = _in_english(browse(None)).get(f"/ptce/{pole.id}").text
    assert 'Strasbourg <span class="hint d-inline">(deduced)</span>' in text
    assert 'Rénovation <span class="hint d-inline">(deduced)</span>' in text
    assert "SCIC Kèpos</dd>" in text
    assert "Bas-Rhin</dd>" in text
    assert "Grand Est" in text
    assert 'href="https://www.one.example/a"' in text
    assert 'href="https://two.example/b"' in text
    assert "AMI phase 2 (2021)" in text
    assert "Call for projects AAP 2013 (2014)" in text


def test_a_pole_of_which_little_is_known_is_a_whole_page(make: Builder, browse: Browse) -> None:
    pole = _published(make, "Distro", town=None, region_code=None, source=None)
    text = _in_english(browse(None)).get(f"/ptce/{pole.id}").text
    assert "not known" in text
    assert "none known" in text


def test_each_filter_keeps_its_own(make: Builder, browse: Browse) -> None:
    _published(make, "Clus’Ter", region_code="27", recognised=[(RecognitionKind.AAP_2013, 2014)])
    _published(make, "Écopôle", region_code="32", recognised=[(RecognitionKind.AMI_PHASE_2, 2021)])
    _published(make, "Émergence", region_code="32", stage=Stage.EMERGING)
    browser = browse(None)

    def names(address: str) -> list[str]:
        text = browser.get(address).text
        return [name for name in ("Clus’Ter", "Écopôle", "Émergence") if name in text]

    assert names("/ptce?region=32") == ["Écopôle", "Émergence"]
    assert names("/ptce?reconnaissance=aap_2013") == ["Clus’Ter"]
    assert names("/ptce?stade=emerging") == ["Émergence"]
    assert names("/ptce?q=ECOPOLE") == ["Écopôle"]
    assert names("/ptce?q=ter+clus") == ["Clus’Ter"]
    assert names("/ptce?region=32&reconnaissance=aap_2013") == []


@pytest.mark.parametrize("query", ["region=99&reconnaissance=label&stade=x", "q=%25", f"q={'a' * 5000}"])
def test_strange_filters_never_fail(query: str, make: Builder, browse: Browse) -> None:
    _published(make, "Le Levier")
    assert browse(None).get(f"/ptce?{query}").status_code == 200


@pytest.mark.parametrize("bookmark", ["nonsense", "%3Ex~", "%3Es:levier"])
def test_a_page_that_is_not_there_is_not_found(bookmark: str, make: Builder, browse: Browse) -> None:
    _published(make, "Le Levier")
    assert browse(None).get(f"/ptce?page={bookmark}").status_code == 404


def test_the_stage_is_asked_only_where_some_stage_is_known(make: Builder, browse: Browse) -> None:
    _published(make, "Le Levier")
    browser = browse(None)
    assert 'name="stade"' not in browser.get("/ptce").text
    _published(make, "L’Accordeur", stage=Stage.EMERGING)
    assert 'name="stade"' in browser.get("/ptce").text


@time_machine.travel(date(2026, 3, 9))
def test_the_count_carries_its_date_and_its_rule(make: Builder, browse: Browse) -> None:
    for name in ("A", "B", "C"):
        _published(make, name, region_code="53" if name == "A" else "84")
    text = _in_english(browse(None)).get("/ptce?region=53").text
    assert "On 9 March 2026 the register holds 3 PTCE." in text
    assert "this is not their total number" in text
    assert ">1 PTCE</caption>" in text


def test_an_empty_register_and_an_empty_search_say_so(make: Builder, browse: Browse) -> None:
    browser = _in_english(browse(None))
    assert "The register is empty" in browser.get("/ptce").text
    _published(make, "Le Levier")
    assert "No PTCE matches" in browser.get("/ptce?q=zzz").text


def test_the_62_real_poles_are_read_page_by_page_each_once(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    with transaction():
        load_register()
    browser, address, seen, costs = browse(None), "/ptce", [], set()
    while address:
        queries.clear()
        text = browser.get(address).text
        costs.add(len(queries))
        rows = text.split('<th scope="row">')[1:]
        seen += [row.split('href="/ptce/')[1].split('"')[0] for row in rows if 'href="/ptce/' in row]
        following = text.split('<span class="next">')
        address = following[1].split('href="')[1].split('"')[0].replace("&amp;", "&") if following[1:] else ""
    assert len(seen) == len(set(seen)) == 62
    assert max(costs) <= 8


def test_the_list_costs_the_same_for_one_pole_and_for_fifty(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    browser, costs = browse(None), []
    for size in (1, 50):
        for number in range(size):
            _published(make, f"Pôle {size} {number}", recognised=[(RecognitionKind.AMI_PHASE_1, 2021)])
        queries.clear()
        browser.get("/ptce")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6
