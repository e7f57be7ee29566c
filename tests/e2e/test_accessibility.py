"""No page, for any role, in both languages, on any screen, runs off it, breaks a word, or has what axe finds; what one
came for has room, and the keyboard reaches it all."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page as Window

from tests import ace, axe
from tests.axe import violations
from tests.browser import parts_of
from tests.builders import Builder
from tests.e2e.deliver import deliver_all
from tests.e2e.keyboard import walk
from tests.e2e.pages import Page, World, pages_of
from tests.layout import faults, write_long_words

WIDE, NARROW = 1280, 360
WIDTHS = (WIDE, 768, NARROW, 320)
READ_BY_AXE: set[tuple[int, str]] = set()
# As tall as what is folded may be: one line to press.
ONE_LINE = 64
OPEN = {"records.find_double", "home.style_guide"}  # the fields are what one comes for, or are in use
FOLDED = "nav.folder-nav, form.filter-bar[method=get]:not(.search-bar)"
HEIGHTS = "all => all.map(one => one.checkVisibility() ? one.getBoundingClientRect().height : 0)"
TOPS = "all => [...new Set(all.map(one => Math.round(one.getBoundingClientRect().top)))]"


def check(visitor, path: str, by_axe: tuple[int, ...] = (WIDE, NARROW), page: Page | None = None) -> None:
    """The page, at each width, with the words and fonts that fit it least; at some by axe, which reads elements and not
    words: a frame and a main part that it has read are not read again."""
    parts = parts_of(visitor.page.content())
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert not faults(visitor.page), f"{path} at {width} pixels"
        unread = {(width, part) for part in parts if width in by_axe} - READ_BY_AXE
        assert not unread or not violations(visitor.page), f"{path} at {width} pixels"
        READ_BY_AXE.update(unread)
        assert width != NARROW or not page or not is_open(visitor.page, page), f"{path} is not folded"
    visitor.page.set_viewport_size({"width": WIDE, "height": 900})


def is_open(window: Window, page: Page) -> bool:
    """Is there a list of links or fields that takes more than a line, where it should be folded?"""
    heights = window.locator(FOLDED).evaluate_all(HEIGHTS)
    return page.endpoint not in OPEN and any(height > ONE_LINE for height in heights)


@pytest.mark.long
@pytest.mark.parametrize(
    "who", [None, "coordinator", "practitioner", "manager", "regional", "national", "observer"]
)
def test_every_page(make: Builder, read, who: str | None) -> None:
    world = World(make)
    write_long_words()
    visitor, english, folded = read(width=WIDE), read(width=WIDE), 0
    visitor.page.add_init_script(path=axe.SCRIPT)  # it is sent once, and not to each page
    for one in (visitor, english) if who else ():
        one.come_in(world.people[who])
    pages = [page for page in world.pages if page.who == who]
    first = {page.endpoint: page for page in reversed(world.pages)}
    for page in pages:
        visitor.open(page.path)
        check(visitor, page.path, page=page)
        folded += visitor.page.locator(FOLDED).count()
        walk(visitor.page, page.path)
        assert first[page.endpoint] is not page or not ace.violations(visitor.page)
    assert folded
    english.open("/accessibilite")
    english.speak("en")
    for page in pages:  # the same page in other words
        english.open(page.path)
        assert english.page.locator("html").get_attribute("lang") == "en"
        check(english, page.path, by_axe=(WIDE,) if first[page.endpoint] is page else ())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_menu_takes_one_line(make: Builder, visit, language: str) -> None:
    world = World(make)
    for who, membership in world.people.items():
        visitor = visit(width=WIDE)
        visitor.come_in(membership)
        visitor.open("/")
        visitor.speak(language)
        assert len(visitor.page.locator(".site-nav li").evaluate_all(TOPS)) == 1, who


def test_no_page_is_forgotten(app, make: Builder) -> None:
    assert {page.endpoint for page in World(make).pages} == pages_of(app)


def test_a_refused_form(make: Builder, visit) -> None:
    world = World(make)
    visitor = visit()
    visitor.come_in(world.people["coordinator"])
    visitor.open("/demandes/nouvelle?etape=besoin")
    visitor.press(visitor.words("Save and finish later"))
    visitor.open(f"{urlsplit(visitor.page.url).path}/modifier/verifier")
    visitor.press(visitor.words("Send the request"))
    assert visitor.page.get_by_role("alert").or_(visitor.page.locator(".error-summary")).count()
    check(visitor, "/demandes/…/modifier/besoin, refused")


def test_a_reset_link(make: Builder, visit, mailbox) -> None:
    person = make.coordinator().person
    visitor = visit()
    visitor.open("/mot-de-passe-oublie")
    visitor.write(visitor.words("E-mail address"), person.email)
    visitor.press(visitor.words("Send me a link"))
    deliver_all()
    body = mailbox.to(person.email)[0].get_body(("plain",)).get_content()
    found = re.search(r"http://portal\.test(/mot-de-passe-oublie/\S+)", body)
    assert found, body
    visitor.open(found.group(1))
    check(visitor, "reset")
