"""The catalogue as people read it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from portal.accounts.models import Membership
from portal.catalogue.rules import Family, ServiceKind, ServiceState
from portal.organisations.rules import Stage
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[[Membership | None], Browser]


def _in_english(browser: Browser) -> Browser:
    browser.post("/langue", {"language": "en"})
    return browser


def test_a_visitor_finds_each_service_with_a_link_to_its_page(make: Builder, browse: Browse) -> None:
    make.service(slug="premier-pas", name="Premiers pas", summary="Pour bien commencer.")
    page = browse(None).get("/services")
    assert 'href="/services/premier-pas"' in page.text
    assert "Premiers pas" in page.text
    assert "Pour bien commencer." in page.text


def test_filters_are_in_the_address_and_shown_as_chosen(make: Builder, browse: Browse) -> None:
    make.service(slug="a", name="Visite", kind=ServiceKind.VISIT, family=Family.ANIMATION)
    make.service(slug="b", name="Atelier", kind=ServiceKind.TRAINING, family=Family.ANIMATION)
    page = browse(None).get("/services?type=visit&famille=animation&q=visite")
    assert "/services/a" in page.text
    assert "/services/b" not in page.text
    assert '<option selected value="visit">' in page.text
    assert 'value="visite"' in page.text


def test_a_department_is_looked_for_in_its_own_region(make: Builder, browse: Browse) -> None:
    make.service(make.partner(regions=("28",)), slug="normandie")
    browser = browse(None)
    assert "/services/normandie" in browser.get("/services?departement=76").text
    assert "/services/normandie" in browser.get("/services?departement=76&region=11").text
    assert "/services/normandie" not in browser.get("/services?departement=2A").text


@pytest.mark.parametrize(
    "address",
    [
        "/services?famille=nothing&type=9&format=x&stade=label&region=99&departement=2a",
        f"/services?q={'x%20' * 400}",
        "/services?q=%25%5F'%22%3C",
        f"/services?q={quote('élan ☃ 汉字')}",
    ],
)
def test_strange_filters_never_fail(address: str, make: Builder, browse: Browse) -> None:
    make.service()
    assert browse(None).get(address).status_code == 200


def test_unknown_filter_values_ask_for_nothing(make: Builder, browse: Browse) -> None:
    make.service(slug="there")
    page = browse(None).get("/services?famille=nothing&region=99")
    assert "/services/there" in page.text


def test_an_empty_catalogue_and_an_empty_search_say_so(make: Builder, browse: Browse) -> None:
    browser = _in_english(browse(None))
    assert "No service yet" in browser.get("/services").text
    make.service()
    nothing = browser.get("/services?q=zzz").text
    assert "No service matches" in nothing
    assert "Clear the filters" in nothing


def test_a_service_says_who_delivers_it_where_and_for_whom(make: Builder, browse: Browse) -> None:
    everywhere = make.partner(name="Avise", website="https://www.avise.example")
    there = make.partner(regions=("28",), departments=("2A",), name="Alliance")
    stopped = make.partner(name="Ancienne maison", active=False)
    make.service(
        everywhere,
        there,
        stopped,
        slug="appui",
        stages=(Stage.EMERGING,),
        rules_en="Only with the agreement of the members.",
    )
    text = _in_english(browse(None)).get("/services/appui").text
    assert "Avise" in text
    assert "Whole of France" in text
    assert "Corse-du-Sud, Normandie" in text
    assert "Ancienne maison" not in text
    assert "PTCE at these stages: emerging." in text
    assert "Only with the agreement of the members." in text
    assert "5 working days to answer" in text


def test_a_service_without_partner_or_stage_is_a_whole_page_too(make: Builder, browse: Browse) -> None:
    make.service(slug="bare")
    text = _in_english(browse(None)).get("/services/bare").text
    assert "Every PTCE, whatever its stage." in text
    assert "No partner is named for this service yet." in text


def test_what_was_deduced_is_said_to_be_and_direct_differs_from_routed(make: Builder, browse: Browse) -> None:
    make.service(slug="sure")
    make.service(slug="deduced", inferred=True, direct=True)
    browser = _in_english(browse(None))
    sure, deduced = browser.get("/services/sure").text, browser.get("/services/deduced").text
    assert "Deduced, not confirmed" in deduced
    assert "Deduced, not confirmed" not in sure
    assert "This service is direct" in deduced
    assert "Your regional cell reads your request" in sure


def test_texts_follow_the_language_of_the_reader(make: Builder, browse: Browse) -> None:
    make.service(slug="appui", name="Appui au modèle", name_en="Support on the model")
    browser = browse(None)
    assert "<h1>Appui au modèle</h1>" in browser.get("/services/appui").text
    assert "<h1>Support on the model</h1>" in _in_english(browser).get("/services/appui").text


def test_what_is_typed_in_a_description_is_never_html(make: Builder, browse: Browse) -> None:
    make.service(slug="x", description="<script>alert(1)</script>\n\nDeux", name="<b>Gras</b>")
    text = browse(None).get("/services/x").text
    assert "<script>alert" not in text
    assert "<b>Gras" not in text
    assert '<p dir="auto">Deux</p>' in text


@pytest.mark.parametrize("path", ["/services/nothing", "/services/gone", "/services/A"])
def test_a_service_that_is_not_there_is_not_found(path: str, make: Builder, browse: Browse) -> None:
    make.service(slug="gone", stored_state=ServiceState.ARCHIVED)
    make.service(slug="a")
    assert browse(None).get(path).status_code == 404


def test_each_reader_gets_the_way_on_that_is_theirs(make: Builder, browse: Browse) -> None:
    make.service(slug="appui", stages=(Stage.DEVELOPING,))
    ask = 'href="/demandes/nouvelle?service=appui"'
    developing = make.coordinator()
    visitor = browse(None).get("/services/appui").text
    assert "/connexion?next=" in visitor
    assert ask not in visitor
    assert ask in browse(developing).get("/services/appui").text
    for somebody in (make.manager(), make.regional_admin(), make.observer()):
        text = browse(somebody).get("/services/appui").text
        assert ask not in text
        assert "/connexion?next=" not in text


def test_a_pole_reads_whether_its_stage_is_admitted(make: Builder, browse: Browse) -> None:
    make.service(make.partner(), slug="appui", stages=(Stage.DEVELOPING,))

    def text(stage: Stage | None) -> str:
        browser = _in_english(browse(make.coordinator(make.pole(stage=stage))))
        return browser.get("/services/appui").text

    assert "Your pole can ask" in text(Stage.DEVELOPING)
    assert "The stage of the pole, developing, is one of those it is meant for." in text(Stage.DEVELOPING)
    assert "The stage of the pole is not known: to be checked." in text(None)
    closed = text(Stage.EMERGING)
    assert "Not yet" in closed
    assert "Your pole can ask" not in closed
    assert "not meant for the present stage of the pole" in closed
    assert "/demandes/nouvelle?service=appui" not in closed


def test_what_suits_a_pole_stands_before_what_does_not_yet(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator(make.pole(stage=Stage.EMERGING))
    partner = make.partner(regions=("28",))
    make.service(partner, slug="pas-encore", name="Aaa", stages=(Stage.CONSOLIDATING,))
    make.service(slug="a-verifier", name="Bbb")
    make.service(partner, slug="ouvert", name="Ccc")
    slugs = ("pas-encore", "a-verifier", "ouvert")

    def shown(reader: Membership | None) -> list[str]:
        page = browse(reader).get("/services").text
        return sorted(slugs, key=lambda slug: page.index(f'href="/services/{slug}"'))

    assert shown(coordinator) == ["ouvert", "a-verifier", "pas-encore"]
    assert shown(None) == [*slugs]


def test_a_pole_finds_what_it_may_ask_for_in_one_click(make: Builder, browse: Browse) -> None:
    make.service(make.partner(), slug="open", stages=(Stage.DEVELOPING,))
    make.service(make.partner(), slug="closed", stages=(Stage.EMERGING,))
    make.service(make.partner(regions=("11",)), slug="elsewhere")
    browser = browse(make.coordinator(make.pole(department_code="76", stage=Stage.DEVELOPING)))
    assert "stade=developing&amp;region=28&amp;departement=76" in browser.get("/services").text
    found = browser.get("/services?stade=developing&region=28&departement=76").text
    assert "/services/open" in found
    assert "/services/closed" not in found
    assert "/services/elsewhere" not in found


def test_pages_cost_the_same_for_one_service_and_for_fifty(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    browser = browse(make.coordinator())
    costs = []
    for size in (1, 50):
        partners = [make.partner(regions=("28",)) for _number in range(size)]
        make.service(*partners, slug=f"service-of-{size}", stages=(Stage.DEVELOPING,))
        for _number in range(size - 1):
            make.service(partners[0])
        queries.clear()
        browser.get("/services")
        listed = len(queries)
        queries.clear()
        browser.get(f"/services/service-of-{size}")
        costs.append((listed, len(queries)))
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 8


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("form", True),
        ("oeuvre", True),
        ("OEUV", True),
        ("œuvre", True),
        ("ormation", False),
        ("l'oeuvre form", True),
    ],
)
def test_words_are_found_by_their_beginnings_and_marked(
    typed: str, found: bool, make: Builder, browse: Browse
) -> None:
    make.service(slug="a", name="Formation à l’Œuvre commune", name_en="Training", summary="<b>Se former</b>")
    text = browse(None).get(f"/services?q={quote(typed)}").text
    assert ("/services/a" in text) is found
    if found:
        assert ("<mark>Formation</mark>" in text) is ("form" in typed)
        assert ("<mark>Œuvre</mark>" in text) is (typed != "form")
        assert "<b>Se" not in text, "what is typed in a sheet stays text"


def test_a_filter_that_would_change_nothing_is_not_shown(make: Builder, browse: Browse) -> None:
    make.service(make.partner(), slug="a", kind=ServiceKind.VISIT, family=Family.ANIMATION)
    make.service(make.partner(), slug="b", kind=ServiceKind.TRAINING, family=Family.ANIMATION)
    text = browse(None).get("/services").text
    for shown, name in (
        (True, "type"),
        (False, "famille"),
        (False, "format"),
        (False, "stade"),
        (False, "region"),
    ):
        assert (f'name="{name}"' in text) is shown, name
    assert "Visite (1)" in text
    assert "Accompagnement" not in text.split('name="type"')[1].split("</select>")[0], (
        "it would leave nothing"
    )
    assert 'name="famille"' in browse(None).get("/services?famille=creation").text, "what was chosen stays"


def test_a_choice_says_how_many_it_leaves_beside_the_others(make: Builder, browse: Browse) -> None:
    there, elsewhere = make.partner(regions=("28",)), make.partner(regions=("11",))
    make.service(there, kind=ServiceKind.VISIT)
    make.service(there, kind=ServiceKind.TRAINING)
    make.service(elsewhere, kind=ServiceKind.VISIT)
    assert "Visite (2)" in browse(None).get("/services").text
    page = browse(None).get("/services?region=28").text
    assert "Visite (1)" in page
    assert "Normandie (2)" in page
    assert "Normandie (1)" in browse(None).get("/services?type=visit").text
    assert "Normandie (2)" in browse(None).get("/services?departement=75").text


def test_nothing_found_says_what_to_do_next(make: Builder, browse: Browse) -> None:
    make.service()
    for who in (None, make.coordinator()):
        text = browse(who).get("/services?q=zzz").text
        assert "/recherche?q=zzz" in text
        assert "/services/guide" in text.split('id="content"')[-1]
