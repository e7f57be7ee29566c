"""The forms that finish, drop, decline or end something, sent empty by keyboard on a telephone."""

import pytest

from tests.builders import Builder
from tests.e2e.pages import World

TELEPHONE = 360
PLACE = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  return {
    what: one.outerHTML.slice(0, 100),
    summary: one.classList.contains('error-summary'),
    in: box.bottom > 0 && box.top < innerHeight && box.left >= -1 && box.right <= innerWidth + 1,
    covered: !one.classList.contains('error-summary') && box.width > 1 && (() => {
      const there = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
      return there && !one.contains(there) && !there.contains(one) && !there.closest('label');
    })(),
  };
}"""
FORM = "main form[method=post]:has(textarea, select, input[type=radio])"


def forms_of(world: World, who: str) -> list[str]:
    """Pages of somebody with a form that decides something."""
    deciding = (
        "requests.show",
        "records.activity",
        "teams.leave",
        "assignments",
        "interventions",
        "requests.",
    )
    found = [one.path for one in world.pages if one.who == who and one.endpoint.startswith(deciding)]
    if who == "national":  # an organisation with open work
        found = [f"/organisations/{world.people['coordinator'].organisation_id}/activite"]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "regional", "national"])
def test_an_empty_form_says_by_keyboard_what_is_missing(make: Builder, visit, who: str) -> None:
    world = World(make)
    visitor = visit(width=TELEPHONE)
    visitor.come_in(world.people[who])
    page, sent = visitor.page, 0
    for path in forms_of(world, who):
        visitor.open(path)
        forms = page.locator(FORM)
        for number in range(forms.count()):
            visitor.open(path)
            form = page.locator(FORM).nth(number)
            for details in form.locator("xpath=ancestor::details[not(@open)]").all():
                details.locator("summary").first.click()
            button = form.locator("button:not([type=button])").last
            if not button.is_visible():
                continue
            button.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
            if not page.locator(".error-summary[role=alert]").count():
                break  # done, or asked for nothing
            sent += 1
            look_around(page, f"{path} {number}")
    assert sent


def look_around(page, path: str) -> None:
    here = page.evaluate(PLACE)
    assert here["summary"], f"{path}: the focus is on {here['what']}"
    assert here["in"], f"{path}: the summary is off the screen"
    assert page.title().startswith(("Erreur", "Error"))
    link = page.locator(".error-summary a").first
    if not link.count():
        return
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.error-summary a')"), f"{path}: Tab goes elsewhere"
    page.keyboard.press("Enter")
    for _time in range(6):
        here = page.evaluate(PLACE)
        assert here["in"], f"{path}: {here['what']} is off the screen"
        assert not here["covered"], f"{path}: {here['what']} is covered"
        page.keyboard.press("Tab")
