"""The public register."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine

from portal.accounts.models import Membership
from portal.db import transaction
from portal.organisations.models import Pole, PoleMember, PoleSector, Recognition
from portal.organisations.rules import RecognitionKind, Sector, Stage
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
    double = _published(make, "Le Bis", merged_into_id=real.id)
    invented = make.pole(name="Pôle inventé", stage=Stage.EMERGING)
    browser = browse(None)
    text = browser.get("/ptce").text
    assert "Le Levier" in text
    assert "Le Dormeur" not in text
    assert "Le Bis" not in text
    assert "inventé" not in text
    assert browser.get(f"/ptce/{real.id}").status_code == 200
    for hidden in (stopped.id, invented.id, make.partner().id, 999_999, 2**31):
        assert browser.get(f"/ptce/{hidden}").status_code == 404
    moved = browser.get(f"/ptce/{double.id}")
    assert (moved.status_code, moved.location) == (301, f"/ptce/{real.id}")
    of_a_hidden_one = _published(make, "Le Ter", merged_into_id=stopped.id)
    assert browser.get(f"/ptce/{of_a_hidden_one.id}").status_code == 404


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


def test_sector_and_department_are_asked_together_or_alone_and_not_known_is_an_answer(
    make: Builder, browse: Browse
) -> None:
    for name, region, department, sector in (
        ("Meunerie", "76", "48", Sector.FOOD),
        ("Biogaz", "76", "48", Sector.ENERGY),
        ("Halle", "94", "2A", Sector.FOOD),
    ):
        worked_on = [PoleSector(sector=sector)]
        _published(make, name, region_code=region, department_code=department, sectors=worked_on)
    _published(make, "Distro", region_code=None, department_code=None)
    browser = browse(None)

    def names(query: str) -> list[str]:
        text = browser.get(f"/ptce?{query}").text
        return [name for name in ("Meunerie", "Biogaz", "Halle", "Distro") if name in text]

    assert names("secteur=food") == ["Meunerie", "Halle"]
    assert names("departement=48") == ["Meunerie", "Biogaz"]
    assert names("departement=48&secteur=food") == ["Meunerie"]
    assert names("departement=2A") == ["Halle"]
    assert names("departement=inconnu") == names("region=inconnu") == ["Distro"]
    assert len(names("departement=2a&secteur=nothing")) == 4


def test_a_pole_shows_all_that_is_public_and_nothing_else(make: Builder, browse: Browse) -> None:
    pole = _published(
        make,
        "Pôle entier",
        public_summary="Nous réparons des vélos.",
        sectors=[PoleSector(sector=Sector.MOBILITY)],
        members=[PoleMember(name="Coop du Lin", siret="44229377500031")],
        stage=Stage.CONSOLIDATING,
        stage_since=date(2025, 3, 1),
        peer_mentor=True,
        website="https://pole.example/accueil",
        shared_mailbox="equipe@pole.example",
        lead_siret="44229377500031",
    )
    with transaction() as session:
        proof = "https://preuve.example/charte"
        session.add(Recognition(pole_id=pole.id, kind=RecognitionKind.CHARTER, year=2024, proof=proof))
    text = _in_english(browse(None)).get(f"/ptce/{pole.id}").text
    for shown in (
        "Nous réparons des vélos.",
        'href="/ptce?secteur=mobility"',
        "Coop du Lin",
        "Consolidating, since 1 March 2025",
        "Compagnon PTCE",
        'href="https://pole.example/accueil"',
        "Signatory of the charter (2024), proof:",
        f'href="{proof}"',
        'href="/ptce/carte"',
    ):
        assert shown in text, shown
    assert "equipe@pole.example" not in text
    assert "44229377500031" not in text


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
