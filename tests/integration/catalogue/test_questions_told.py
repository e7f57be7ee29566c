"""Whoever thinks of asking reads beforehand what the service asks; of a request, what it asked."""

import html

from portal.catalogue.models import Service
from portal.db import transaction
from portal.requests import service as requests
from portal.requests.steps import RequestState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.asking import PLACE, SIZE, THEMES, ask
from tests.integration.requests.steps import World, actor_of, page_of


def read(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ")


def public_page(service: Service) -> str:
    return f"/services/{service.slug}"


def test_a_visitor_reads_what_a_service_asks_in_order(world: World, browse) -> None:
    ask(world.service, SIZE, THEMES)
    page = read(browse(None), public_page(world.service))
    told = page[page.index("Ce qui vous sera demandé") :]
    shown = (
        SIZE.label,
        "Nombre",
        "Nécessaire pour envoyer",
        THEMES.label,
        "Plusieurs choix : Gouvernance, Budget",
        THEMES.help,
    )
    places = [told.index(text) for text in shown]
    assert places == sorted(places)


def test_it_is_read_in_english_too(world: World, browse) -> None:
    ask(world.service, THEMES)
    browser = browse(None)
    browser.post("/langue", {"language": "en"})
    page = read(browser, public_page(world.service))
    for shown in (THEMES.label_en, "Several choices: Governance, Budgets", THEMES.help_en):
        assert shown in page, shown
    assert "Gouvernance" not in page


def test_a_service_that_asks_nothing_says_nothing_of_it(world: World, browse) -> None:
    assert "Ce qui vous sera demandé" not in read(browse(None), public_page(world.service))


def test_what_is_proposed_to_who_is_guided_says_how_many_questions_come(world: World, browse) -> None:
    guide = f"/services/guide?but={world.service.family.value}"
    assert (
        "question"
        not in read(browse(None), guide).partition(public_page(world.service))[2].partition("</ul>")[0]
    )
    ask(world.service, SIZE, PLACE)
    page = read(browse(None), guide)
    assert f'{public_page(world.service)}#questions">Il vous pose 2 questions' in page


def test_a_request_keeps_what_its_service_asked_when_it_was_sent(make: Builder, world: World, browse) -> None:
    """Its box shows the questions of its own version, those that were left without an answer too."""
    ask(world.service, THEMES)
    request = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    with transaction():
        requests.submit(actor_of(world.coordinator), request.reference)
    ask(world.service, PLACE)
    shown = read(browse(world.national), page_of(request)).partition('class="disclosure"')[2]
    box = shown.partition("</details>")[0]
    assert f"{THEMES.label}" in box.partition("Ce qu’il demandait")[2]
    assert "Plusieurs choix : Gouvernance, Budget" in box
    assert PLACE.label not in box


def test_the_box_of_a_version_that_asked_nothing_has_no_such_heading(
    make: Builder, world: World, browse
) -> None:
    request = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    with transaction():
        requests.submit(actor_of(world.coordinator), request.reference)
    page = read(browse(world.national), page_of(request))
    assert "Ce que disait la fiche du service" in page
    assert "Ce qu’il demandait" not in page
