"""Colours that the reader forces, and paper."""

import pytest

from portal import clock
from tests.builders import Builder
from tests.e2e.pages import World

# The edges of a link that can be seen, and its ground: what marks the current page among its neighbours.
MARKS = """() => [...document.querySelectorAll('nav ul')].map(list => {
  const sheet = getComputedStyle(document.body).backgroundColor;
  const mark = one => {
    const look = getComputedStyle(one);
    const edge = side => look[`border${side}Width`] !== '0px' && look[`border${side}Color`] !== sheet
      ? `${look[`border${side}Width`]} ${look[`border${side}Color`]}` : 'none';
    return ['Top', 'Right', 'Bottom', 'Left'].map(edge).join(', ');
  };
  const links = [...list.querySelectorAll('a')].filter(one => one.checkVisibility());
  return {
    current: links.filter(one => one.ariaCurrent || one.getAttribute('aria-current')).map(mark),
    others: links.filter(one => !one.getAttribute('aria-current')).map(mark),
    name: list.closest('nav').ariaLabel,
  };
}).filter(one => one.current.length)"""
SEEN = "one => one.checkVisibility({visibilityProperty: true})"


@pytest.mark.parametrize("width", [1280, 360])
def test_the_current_page_is_marked_in_forced_colours_and_no_other(make: Builder, visit, width: int) -> None:
    world = World(make)
    visitor = visit(width=width)
    visitor.page.emulate_media(forced_colors="active")
    visitor.come_in(world.people["national"])
    names = set()
    for path in ("/demandes?dossier=toutes", "/ptce", "/emails"):
        visitor.open(path)
        if width < 1000:
            visitor.page.locator(".menu-toggle > summary").click()
            visitor.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        for nav in visitor.page.evaluate(MARKS):
            names.add(nav["name"])
            assert len(set(nav["others"])) <= 1, f"{path}: {nav}"
            assert not set(nav["current"]) & set(nav["others"]), f"{path}: {nav}"
    assert len(names) >= 4, "the menu, folders of requests and e-mails, the two views of the register"


def test_a_page_on_paper(make: Builder, visit) -> None:
    world = World(make)
    visitor = visit()
    visitor.come_in(world.people["regional"])
    shown = next(page for page in world.pages if page.endpoint == "requests.show" and page.who == "regional")
    visitor.open(shown.path)
    page = visitor.page
    assert not page.locator(".on-paper").evaluate(SEEN)
    page.emulate_media(media="print")
    assert page.locator(".page-header .tag").first.evaluate(SEEN), "the state"
    printed = page.locator(".on-paper")
    assert printed.evaluate(SEEN)
    assert f"{clock.today():%Y}" in printed.inner_text()
    assert shown.path in printed.inner_text()
    assert not any(
        one.evaluate(SEEN) for one in page.locator(".btn, .site-nav, .breadcrumb, .action-panel").all()
    )


def test_a_secret_link_is_not_printed(make: Builder, visit) -> None:
    secret = next(page for page in World(make).pages if page.endpoint == "applications.follow")
    visitor = visit()
    visitor.open(secret.path)
    assert secret.path.rsplit("/", 1)[-1] not in visitor.page.locator(".on-paper").text_content()


def test_figures_are_not_cut_by_the_end_of_a_sheet(make: Builder, visit) -> None:
    visitor = visit()
    visitor.come_in(World(make).people["national"])
    visitor.open("/guide-de-style")
    visitor.page.emulate_media(media="print")
    figures = visitor.page.locator("figure, .chart, .stat, .callout, blockquote, tr").all()
    assert figures
    assert {one.evaluate("one => getComputedStyle(one).breakInside") for one in figures} == {"avoid"}
