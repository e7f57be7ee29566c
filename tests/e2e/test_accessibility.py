"""No page, for any role, in both languages, on any screen, runs off it, breaks a word, or has what axe finds."""

import re

import pytest

from tests import ace
from tests.axe import violations
from tests.browser import parts_of
from tests.builders import Builder
from tests.e2e.deliver import deliver_all
from tests.e2e.pages import World, pages_of
from tests.layout import faults, write_long_words

WIDE, NARROW = 1280, 360
WIDTHS = (WIDE, 768, NARROW, 320)
READ_BY_AXE: set[tuple[int, str]] = set()


def check(visitor, path: str, by_axe: tuple[int, ...] = (WIDE, NARROW)) -> None:
    """The page, at each width, with the words and fonts that fit it least; at some by axe, which reads elements and not
    words: a frame and a main part that it has read are not read again."""
    parts = parts_of(visitor.page.content())
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert not faults(visitor.page), f"{path} at {width} pixels"
        unread = {(width, part) for part in parts if width in by_axe} - READ_BY_AXE
        assert not unread or not violations(visitor.page), f"{path} at {width} pixels"
        READ_BY_AXE.update(unread)
    visitor.page.set_viewport_size({"width": WIDE, "height": 900})


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "who", [None, "coordinator", "practitioner", "manager", "regional", "national", "observer"]
)
def test_every_page(make: Builder, visit, who: str | None, language: str) -> None:
    world = World(make)
    write_long_words()
    visitor = visit(width=WIDE)
    if who:
        visitor.sign_in(world.people[who].person.email)
    visitor.open("/accessibilite")
    visitor.speak(language)
    first = {page.endpoint: page for page in reversed(world.pages)}
    for page in world.pages:
        if page.who == who:
            visitor.open(page.path)
            assert visitor.page.locator("html").get_attribute("lang") == language
            is_first = first[page.endpoint] is page
            if language == "fr":
                check(visitor, page.path)
                assert not is_first or not ace.violations(visitor.page)
            else:  # the same page in other words
                check(visitor, page.path, by_axe=(WIDE,) if is_first else ())


def test_no_page_is_forgotten(app, make: Builder) -> None:
    assert {page.endpoint for page in World(make).pages} == pages_of(app)


def test_a_refused_form(make: Builder, visit) -> None:
    world = World(make)
    visitor = visit()
    visitor.sign_in(world.people["coordinator"].person.email)
    visitor.open("/demandes/nouvelle")
    visitor.press(visitor.words("Send the request"))
    assert visitor.page.get_by_role("alert").or_(visitor.page.locator(".error-summary")).count()
    check(visitor, "/demandes/nouvelle, refused")


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
