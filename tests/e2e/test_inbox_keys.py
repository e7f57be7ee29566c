"""Keys of the inbox: an enhancement that the page explains, that can be turned off, and that nothing needs."""

import pytest

from portal import clock
from portal.requests.steps import AssignmentState
from tests.builders import Builder


@pytest.fixture
def two(make: Builder):
    """A partner with two requests to answer."""
    practitioner = make.practitioner()
    made = []
    for subject in ("Le premier", "Le second"):
        made.append(make.raw_request(subject=subject))
        make.raw_assignment(
            made[-1], practitioner.organisation, AssignmentState.PROPOSED, due_on=clock.today()
        )
    return practitioner, made


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def test_rows_are_walked_ticked_and_opened(two, visit) -> None:
    practitioner, (first, second) = two
    visitor = visit()
    visitor.come_in(practitioner)
    visitor.open("/demandes")
    page = visitor.page
    for key, expected in (("j", first), ("j", second), ("j", second), ("k", first)):
        page.keyboard.press(key)
        assert focused(page).startswith(expected.subject)
    page.keyboard.press("x")
    assert page.locator("input[name=demande]:checked").get_attribute("value") == first.reference
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/demandes/{first.reference}")


def test_the_page_explains_them_and_they_can_be_turned_off(two, visit) -> None:
    practitioner, (first, _second) = two
    visitor = visit()
    visitor.come_in(practitioner)
    visitor.open("/demandes")
    page = visitor.page
    page.keyboard.press("?")
    assert page.locator("#keys[open] kbd").all_text_contents() == ["j", "k", visitor.words("Enter"), "x", "?"]
    page.locator("#use-keys").uncheck()
    page.reload()
    assert not page.locator("#use-keys").is_checked(), "as chosen in this browser"
    page.keyboard.press("j")
    assert not focused(page).startswith(first.subject)


def test_what_is_typed_is_text(two, visit) -> None:
    visitor = visit()
    visitor.come_in(two[0])
    visitor.open("/demandes")
    field = visitor.page.locator("input[name=recherche]")
    visitor.page.locator(".filters summary").click()
    field.click()
    visitor.page.keyboard.type("jk?x")
    assert field.input_value() == "jk?x"


def test_nothing_needs_them(two, visit) -> None:
    """Without JavaScript they are not even spoken of."""
    visitor = visit(hands="no-javascript")
    visitor.come_in(two[0])
    visitor.open("/demandes")
    assert not visitor.page.locator("#keys").is_visible()


def test_a_telephone_shows_the_list_before_what_filters_it(two, visit) -> None:
    """What filters is one touch away, and stays open while it does."""
    visitor = visit(width=360)
    visitor.come_in(two[0])
    visitor.open("/demandes")
    assert not visitor.page.locator("input[name=recherche]").is_visible()
    visitor.page.locator(".filters summary").click()
    assert visitor.page.locator("input[name=recherche]").is_visible()
    visitor.open("/demandes?recherche=pole")
    assert visitor.page.locator("input[name=recherche]").is_visible()
