"""What leaves room for what one came for: folded lists of links and fields open on a telephone where one presses, and a
last day takes two lines at most."""

from datetime import timedelta

import pytest

from portal import clock
from portal.db import transaction
from tests.builders import Builder
from tests.e2e.pages import World

WIDE, NARROW = 1280, 360
DAY = timedelta(days=1)


def test_folders_and_filters_open_where_one_presses(make: Builder, visit) -> None:
    world = World(make)
    visitor = visit(width=NARROW)
    visitor.come_in(world.people["practitioner"])
    visitor.open("/demandes?dossier=en-cours")
    folders = visitor.page.locator("nav.folder-nav")
    folders.locator("summary").click()
    folders.get_by_role("link").first.click()
    visitor.open("/services")
    visitor.page.locator(".fold summary").click()
    visitor.page.locator("form.filter-bar button").click()
    assert "/services?" in visitor.page.url


LINES = """cell => {
    const bottoms = new Set(), texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNode(texts.currentNode);
        for (const box of range.getClientRects()) if (box.width > 1) bottoms.add(Math.round(box.bottom));
    }
    return bottoms.size;
}"""


OVERFLOW = "wraps => wraps.filter(one => one.scrollWidth > one.clientWidth).length"


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "regional", "national"])
def test_no_list_of_requests_slides_sideways(make: Builder, visit, who: str) -> None:
    """Where its columns have no room, its rows are cards: at any width."""
    world = World(make)
    visitor = visit(width=WIDE)
    visitor.sign_in(world.people[who].person.email)
    visitor.open("/demandes?dossier=toutes")
    wide = []
    for width in (1440, 1280, 1200, 1024, 992, 900, 768, 720, 680, 640, 600, 560, 480, NARROW):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        if visitor.page.locator(".table-wrap").evaluate_all(OVERFLOW):
            wide.append(width)
    assert wide == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_last_day_takes_two_lines_at_most(make: Builder, visit, width: int) -> None:
    world = World(make)
    who, partner = world.people["practitioner"], world.people["practitioner"].organisation
    for days in (-12, 1, 3, 20):
        due_on = clock.add_working_days(clock.today(), days, None) if days > 0 else clock.today() + days * DAY
        make.raw_assignment(make.raw_request(world.people["coordinator"]), partner, due_on=due_on)
    visitor = visit(width=width)
    visitor.sign_in(who.person.email)
    for language in ("fr", "en"):
        with transaction() as session:
            session.merge(who.person).language = language
        visitor.open("/demandes?dossier=a-traiter")
        assert visitor.page.locator("html").get_attribute("lang") == language
        cells = visitor.page.locator("td.until").all()
        assert len(cells) > len(("late", "tomorrow", "near", "far"))
        assert [cell.inner_text() for cell in cells if cell.evaluate(LINES) > 2] == []
