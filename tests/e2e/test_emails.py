"""No e-mail, as a telephone or a computer shows it, runs off the screen or breaks a word."""

import pytest
from flask import Flask

from portal.notifications.previews import service as previews
from tests.axe import contrasts
from tests.layout import LONG_WORD, faults

WIDTHS = (600, 360, 320)
INVENTED = (
    "Pôle des Trois Rivières",
    "Agence Alliée",
    "Bertrand Noël",
    "Maël Kerdoncuff",
    "Inès Delorme",
    "jeudi matin",
)


def shown(kind: str, language: str) -> str:
    """An e-mail with a word in each name and text that fits no line."""
    html = previews.rendered(kind, language).html
    for one in INVENTED:
        html = html.replace(one, f"{one}{LONG_WORD}")
    return html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_email(app: Flask, read, language: str) -> None:
    page, wrong = read().page, {}
    with app.app_context():
        drawn = [(kind, shown(kind, language)) for kind in previews.kinds()]
    for kind, html in drawn:
        page.set_content(html)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if found := faults(page):
                wrong[f"{kind} at {width} pixels"] = found
    assert not wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_email_can_be_read_on_a_light_and_on_a_dark_screen(app: Flask, read, scheme: str) -> None:
    page, wrong = read().page, {}
    page.emulate_media(color_scheme=scheme)
    with app.app_context():
        drawn = [(kind, previews.rendered(kind, "fr").html) for kind in previews.kinds()]
    for kind, html in drawn:
        page.set_content(html)
        is_dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 32, 31)"
        if is_dark != (scheme == "dark"):
            wrong[kind] = "the other colours"
        elif found := contrasts(page):
            wrong[kind] = found
    assert not wrong
