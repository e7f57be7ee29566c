"""Every word of the sign-in pages is ours, in the reader's language."""

import html
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_security.core import _default_config, _default_messages
from werkzeug.test import TestResponse

from portal.notifications.previews import service as previews
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    CHANGE,
    FORGOTTEN,
    NEW,
    SIGN_IN,
    WRONG,
    ask_link,
    change_password,
    emails,
    english,
    link_in,
    set_password,
    sign_in,
    sign_in_as,
    sign_out,
)

pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]


def pages(make: Builder, browser: Browser) -> Iterator[TestResponse]:
    """Every page that Flask-Security has a word in, good and bad."""
    member = make.coordinator()
    yield browser.get(SIGN_IN)
    yield sign_in_as(browser, "", "")
    yield sign_in(browser, member.person, WRONG)
    yield sign_in(browser, member.person, next="https://mechant.test/")
    for current, new, again in (
        ("", "", ""),
        (WRONG, NEW, NEW),
        (PASSPHRASE, PASSPHRASE, PASSPHRASE),
        (PASSPHRASE, NEW, ""),
    ):
        yield change_password(browser, current, new, again)
    change_password(browser, PASSPHRASE, NEW)
    yield browser.get("/mon-compte")
    sign_out(browser)
    yield browser.get(FORGOTTEN)
    yield ask_link(browser, "")
    ask_link(browser, member.person.email)
    yield browser.get(SIGN_IN)
    link = link_in(emails()[-1])
    for new, again in (("", ""), ("court", "court"), (NEW, ""), (NEW, WRONG)):
        yield set_password(browser, link, new, again)
    set_password(browser, link, "encore un autre et plus long")
    yield browser.get(SIGN_IN)
    browser.get(link)
    yield browser.get(FORGOTTEN)
    yield browser.get(CHANGE)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_sentence_of_flask_security_is_shown(
    app: Flask, make: Builder, browse: Browse, language: str
) -> None:
    defaults = {str(text) for text, _ in _default_messages.values()}
    defaults |= {str(text) for name, text in _default_config.items() if "SUBJECT" in name}
    domain = app.extensions["security"].i18n_domain
    browser = english(browse()) if language == "en" else browse()
    with app.test_request_context():
        theirs = {
            sentence for text in defaults for sentence in (text, domain.gettext(text)) if len(sentence) > 12
        }
    shown = [html.unescape(answer.text) for answer in pages(make, browser)]
    assert len(shown) == 19
    for sentence in theirs:
        assert not any(sentence in page for page in shown), sentence
    kinds = {"flash-success", "flash-danger", "flash-info"}
    assert kinds == {kind for kind in kinds if any(kind in page for page in shown)}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["accounts/reset_instructions", "accounts/password_changed"])
def test_emails_say_what_to_do_and_where(app: Flask, language: str, kind: str) -> None:
    with app.app_context():
        rendered = previews.rendered(kind, language)
    address = f"http://portal.test{FORGOTTEN}"
    assert address in rendered.text
    assert address in rendered.html
    assert rendered.subject
    assert f'lang="{language}"' in rendered.html
