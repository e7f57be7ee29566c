"""Whoever thinks of asking reads beforehand what the service asks; of a request, what it asked."""

import html

from portal.catalogue.models import Service
from tests.browser import Browser
from tests.integration.requests.asking import PLACE, SIZE, THEMES, ask
from tests.integration.requests.steps import World


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
