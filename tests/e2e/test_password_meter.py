"""The meter of a new password says what the server would say, and stays silent without JavaScript."""

from tests.builders import Builder

CHANGE = "/mon-compte/mot-de-passe"


def test_it_says_how_hard_to_guess(make: Builder, visit) -> None:
    visitor = visit()
    visitor.come_in(make.coordinator())
    visitor.open(CHANGE)
    field = visitor.page.get_by_label(visitor.words("New password"), exact=True)
    said = visitor.page.locator(".password-meter [role=status]")
    for typed, words in (
        ("azerty", visitor.words("%(n)s characters to go", n=6)),
        ("azerty12345678", visitor.words("Easy to guess: add a few words that only you would think of.")),
        ("zoemartin1234", visitor.words("Easy to guess: add a few words that only you would think of.")),
        ("lampe verte haut", visitor.words("Good password.")),
        ("trois petits chats dorment", visitor.words("Very solid password.")),
    ):
        field.fill(typed)
        visitor.page.wait_for_function(
            "words => document.querySelector('.password-meter [role=status]').textContent === words",
            arg=words,
        )
        assert said.inner_text() == words
    field.fill("")
    said.wait_for(state="hidden")


def test_without_javascript_it_is_not_there(make: Builder, visit) -> None:
    visitor = visit(hands="no-javascript")
    visitor.come_in(make.coordinator())
    visitor.open(CHANGE)
    assert not visitor.page.locator(".password-meter").is_visible()
