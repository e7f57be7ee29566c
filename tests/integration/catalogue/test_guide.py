"""“Guide me” proposes services of the catalogue to everybody, with reasons, and leads to the cell."""

from collections.abc import Callable

import pytest

from portal.accounts.models import Membership
from portal.catalogue.rules import Family, Format, ServiceKind, ServiceState
from portal.catalogue.words import FAMILIES, FORMATS, KINDS
from portal.organisations.rules import Stage
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]


def test_its_answers_are_the_words_of_the_catalogue(make: Builder, browse: Browse) -> None:
    page = browse(None).get("/services/guide").text
    for values in (Family, ServiceKind, Format):
        assert all(f'value="{each.value}"' in page for each in values)
    assert len([*FAMILIES, *KINDS, *FORMATS]) == len([*Family, *ServiceKind, *Format])


def test_a_visitor_is_told_why_by_stage_alone(make: Builder, browse: Browse) -> None:
    make.service(slug="pour-emergents", stages=(Stage.EMERGING,))
    make.service(slug="visite", family=Family.ANIMATION)
    page = browse(None).get("/services/guide?but=consolidation&stade=emerging").text
    assert "/services/pour-emergents" in page
    assert "/services/visite" not in page
    assert "est l’un de ceux auxquels il s’adresse" in page
    assert "/connexion?next=" in page


def test_a_pole_reads_why_it_may_ask_or_not_yet(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator(make.pole(stage=Stage.DEVELOPING))
    make.service(slug="ouvert")
    make.service(slug="plus-tard", stages=(Stage.CONSOLIDATING,))
    page = browse(coordinator).get("/services/guide?but=consolidation").text
    assert page.index("/services/ouvert") < page.index("/services/plus-tard")
    assert "/demandes/nouvelle?service=ouvert" in page
    assert "/demandes/nouvelle?service=plus-tard" not in page
    assert "Pas encore" in page


def test_the_stage_of_the_pole_is_known(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator(make.pole(stage=Stage.DEVELOPING))
    page = browse(coordinator).get("/services/guide").text
    assert 'value="developing" checked' in page


def test_none_of_these_leads_to_the_cell(make: Builder, browse: Browse) -> None:
    assert "/demandes/nouvelle?etape=besoin" in browse(make.coordinator()).get("/services/guide").text
    assert "/demandes/nouvelle" not in browse(make.practitioner()).get("/services/guide").text


def test_what_may_not_be_asked_for_today_is_not_proposed(make: Builder, browse: Browse) -> None:
    make.service(slug="ancien", stored_state=ServiceState.ARCHIVED)
    assert "/services/ancien" not in browse(None).get("/services/guide?but=consolidation").text


@pytest.mark.parametrize("words", ["but=x&stade=1&aide=%C3%A9", "but=&stade=&aide=", "stade=inactive"])
def test_strange_answers_never_fail(make: Builder, browse: Browse, words: str) -> None:
    make.service()
    assert browse(None).get(f"/services/guide?{words}").status_code == 200


def test_it_costs_the_same_however_many_services(make: Builder, browse: Browse, queries: list[str]) -> None:
    browser, costs = browse(make.coordinator()), []
    for _ in range(3):
        make.service(make.partner())
        browser.get("/services/guide?but=consolidation")
        queries.clear()
        browser.get("/services/guide?but=consolidation")
        costs.append(len(queries))
    assert costs[1] == costs[2] <= 12
