"""The page of figures and its files, as each reader sees them."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine

from portal.requests.steps import AssignmentState
from tests.integration.usage import world
from tests.integration.usage.world import World, file_of

TABLES = {
    "month": "mois",
    "service": "services",
    "partner": "partenaires",
    "region": "regions",
    "state": "etats",
}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@pytest.fixture
def small(make) -> World:
    return world.build(make)


def lines_of(page: str, breakdown: str) -> list[list[str]]:
    """The lines of a table of the page."""
    section = page.split(f'id="by-{breakdown}"')[1].split("</section>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", section, re.DOTALL)
    cells = (re.findall(r"^(.*?)</th>|<td[^>]*>(.*?)</td>", row) for row in rows)
    return [[unescape(head or cell) for head, cell in row] for row in cells]


def test_an_empty_portal_has_figures_too(make, browse) -> None:
    page = browse(world.english_reader(make)).get("/usage")
    assert page.status_code == 200
    assert len(lines_of(page.text, "month")) == 13
    assert len(lines_of(page.text, "region")) == 18
    assert lines_of(page.text, "service") == [["Guide me", "0", "0", "0", "0", "0.0", "0.0", "0", "–", "–"]]
    assert lines_of(page.text, "state")[0] == ["To be routed", "0", "–"]
    assert "Nothing to show for this period." in page.text


@pytest.mark.parametrize("breakdown", TABLES)
def test_a_file_holds_what_its_table_shows(make, browse, small: World, breakdown: str) -> None:
    browser = browse(make.national_admin())
    shown = lines_of(browser.get("/usage").text, breakdown)
    written = file_of(browser, TABLES[breakdown])
    assert [["" if cell == "–" else cell for cell in line] for line in shown] == written
    assert shown


def test_the_file_follows_the_filters_of_the_page(make, browse, small: World) -> None:
    browser = browse(world.english_reader(make))
    page = browser.get("/usage?region=53&de=2026-10").text
    link = unescape(re.search(r'href="(/usage/mois\.csv[^"]*)"', page).group(1))
    assert link == "/usage/mois.csv?de=2026-10&a=2026-11&region=53"
    answer = browser.get(link)
    assert answer.headers["Content-Disposition"] == "attachment; filename=usage-mois-2026-10-2026-11.csv"
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert answer.get_data(as_text=True).removeprefix("\ufeff").startswith("Month;Requests;In progress;")


def test_a_name_is_never_a_formula(make, browse) -> None:
    partner = make.partner(name="=CMD()")
    make.raw_assignment(make.raw_request(), partner)
    browser = browse(make.national_admin())
    assert file_of(browser, "partenaires")[0][0] == "'=CMD()"


def test_the_page_says_how_each_figure_is_counted(make, browse) -> None:
    page = browse(world.english_reader(make)).get("/usage").text
    definitions = page.split('id="definitions"')[1]
    for words in ("Drafts never count", "7 hours making one day", "counts as not in time", "Refusals"):
        assert words in definitions
    assert "23 November 2026, 10:00" in page


def test_an_observer_reads_figures_and_no_names_of_people_or_poles(make, browse, small: World) -> None:
    page = browse(make.observer()).get("/usage").text
    main = page.split("<main")[1].split("</main>")[0]
    for private in ("Zoé", "Martin 1", "Pôle normand", "gouvernance", "/demandes", "@"):
        assert private not in main
    assert "Atelier Un" in main


def test_a_regional_cell_hears_nothing_of_other_regions(make, browse, small: World) -> None:
    page = browse(make.regional_admin(world.NORMANDY)).get("/usage").text
    assert "Bretagne" not in page
    assert 'name="region"' not in page
    assert [line[0] for line in lines_of(page, "region")] == ["Normandie"]
    two = browse(make.regional_admin(world.NORMANDY, "11")).get("/usage").text
    assert 'name="region"' in two
    assert "Bretagne" not in two


@pytest.mark.parametrize("role", ["coordinator", "practitioner", "manager"])
def test_poles_and_partners_have_no_business_here(make, browse, role: str) -> None:
    browser = browse(getattr(make, role)())
    assert browser.get("/usage").status_code == 403
    assert browser.get("/usage/mois.csv").status_code == 403


def test_a_visitor_is_asked_to_sign_in(browse) -> None:
    answer = browse(None).get("/usage?de=2026-10")
    assert answer.status_code == 302
    assert "/usage?de" in unescape(answer.location.replace("%3F", "?"))


MONTH_UNKNOWN = "This month is not known: the usual period is shown."
CHOICE_UNKNOWN = "This choice is not known: everything is shown."


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("de=hier", MONTH_UNKNOWN),
        ("de=2026-13", MONTH_UNKNOWN),
        ("de=0001-01", MONTH_UNKNOWN),
        ("a=2026-12", MONTH_UNKNOWN),
        ("de=2026-10&a=2026-09", "This month comes before the first one: the usual period is shown."),
        ("de=2023-11&a=2026-11", "Choose 36 months at most: the usual period is shown."),
        ("region=99", CHOICE_UNKNOWN),
        ("service=un", CHOICE_UNKNOWN),
        ("service=999999999999999999999", CHOICE_UNKNOWN),
        ("partenaire=-1", CHOICE_UNKNOWN),
        ("famille=%27%3B--", CHOICE_UNKNOWN),
    ],
)
def test_what_cannot_be_understood_is_said_and_left_out(
    make, browse, small: World, address: str, message: str
) -> None:
    browser = browse(world.english_reader(make))
    page = browser.get(f"/usage?{address}")
    assert page.status_code == 200
    assert page.text.count(message) == 2, "above the filters, and beside the one it is about"
    assert [line[:2] for line in lines_of(page.text, "month")][-1] == ["November 2026", "3"]
    file = browser.get(f"/usage/mois.csv?{address}")
    assert file.status_code == 302
    assert file.location.startswith("/usage?")


def test_a_breakdown_that_does_not_exist_is_not_found(make, browse) -> None:
    browser = browse(make.national_admin())
    assert browser.get("/usage/personnes.csv").status_code == 404
    assert browser.get("/usage/month.csv").status_code == 404


def test_a_long_period_is_drawn_with_lying_bars(make, browse, small: World) -> None:
    page = browse(make.national_admin()).get("/usage?de=2023-12&a=2026-11").text
    assert len(lines_of(page, "month")) == 36
    assert 'class="bars"' in page
    assert 'class="bars"' not in browse(make.national_admin()).get("/usage").text


def test_fifty_requests_cost_as_many_queries_as_one(make, browse, queries: list[str]) -> None:
    browser = browse(make.national_admin())
    coordinator, practitioner = make.coordinator(), make.practitioner()

    def one_more() -> None:
        partner, service = make.partner(), make.service()
        request = make.raw_request(coordinator, service=service)
        assignment = make.raw_assignment(
            request, partner, AssignmentState.COMPLETED, answered_on=date(2026, 11, 23), answer_days=1
        )
        make.raw_intervention(assignment, practitioner.person)

    one_more()
    queries.clear()
    browser.get("/usage")
    first = len(queries)
    for _ in range(49):
        one_more()
    queries.clear()
    browser.get("/usage")
    assert len(queries) == first <= 8
