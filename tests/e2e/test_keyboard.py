"""The Tab key alone reaches whatever can be pressed or filled in, on every page, and shows where it is."""

import pytest

from tests.builders import Builder
from tests.e2e.pages import World

STOPS = """() => {
  const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  window.stops = [...document.querySelectorAll(can)].filter(one => !one.disabled && one.checkVisibility());
  return window.stops.map(one => one.outerHTML.slice(0, 120));
}"""
HERE = """() => {
  const one = document.activeElement, card = one.closest('.card-link'), shape = one.querySelector('use');
  const outlined = [one, card].filter(Boolean).map(getComputedStyle)
    .some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none');
  const drawn = shape && one.closest('.france') && getComputedStyle(shape).strokeWidth === '12px';
  const group = one.type === 'radio'
    ? window.stops.filter(other => other.name === one.name && other.form === one.form) : [one];
  return {
    reached: group.map(other => window.stops.indexOf(other)),
    seen: one === document.body || outlined || drawn,
    what: one.outerHTML.slice(0, 120),
  };
}"""
PARTS_OF_A_DATE = 4


def walk(page, path: str) -> None:
    """Press Tab through the whole page."""
    stops = page.evaluate(STOPS)
    left = set(range(len(stops)))
    for _ in range(len(stops) * PARTS_OF_A_DATE):
        if not left:
            return
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        assert here["seen"], f"{path}: the focus cannot be seen on {here['what']}"
        left -= set(here["reached"])
    assert not left, f"{path}: Tab does not reach {[stops[one] for one in sorted(left)][:5]}"


@pytest.mark.parametrize(
    "who", [None, "coordinator", "practitioner", "manager", "regional", "national", "observer"]
)
def test_every_page_by_keyboard(make: Builder, visit, who: str | None) -> None:
    world = World(make)
    visitor = visit()
    if who:
        visitor.sign_in(world.people[who].person.email)
    for page in world.pages:
        if page.who == who:
            visitor.open(page.path)
            walk(visitor.page, page.path)
