"""A session that ends in the middle of a form loses nothing of what was typed."""

import html
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from portal.accounts.models import Membership
from portal.db import db
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import SIGN_IN, WRONG, english, raw_post, sign_in, sign_out

pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]
PROFILE = "/mon-compte"
LONG = "Zoé & Cie « <b>é</b> »\r\nligne 2"
TYPED = {"given_name": LONG, "family_name": "Martin", "phone": "", "language": "en"}
Fields = dict[str, str]


@pytest.fixture
def member(make: Builder) -> Membership:
    return make.coordinator()


def ended(browse: Browse, member: Membership) -> Browser:
    """A browser whose session has ended while a form was open."""
    browser = english(browse(member))
    browser.get(PROFILE)
    sign_out(browser)
    browser.get("/donnees-personnelles")
    return english(browser)


def main_form(answer: TestResponse) -> tuple[str, Fields]:
    """Where the form of a page goes, and its hidden fields."""
    main = answer.text[answer.text.index("<main") :]
    action = re.search(r'<form[^>]*action="([^"]+)"', main)
    assert action, main
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    return html.unescape(action.group(1)), {name: html.unescape(value) for name, value in hidden}


def test_the_text_comes_back_in_its_form_unsent(browse: Browse, member: Membership) -> None:
    browser = ended(browse, member)
    answer = browser.post(PROFILE + "?a=1", TYPED)
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Your text is kept" in answer.text

    action, hidden = main_form(answer)
    assert action == SIGN_IN
    refused = browser.post(SIGN_IN, {**hidden, "email": member.person.email, "password": WRONG})
    assert refused.status_code == 422

    action, hidden = main_form(refused)
    answer = browser.post(action, {**hidden, "email": member.person.email, "password": PASSPHRASE})
    assert "Nothing has been sent yet" in answer.text

    action, hidden = main_form(answer)
    assert action == PROFILE + "?a=1"
    form = browser.post(action, hidden)
    assert form.status_code == 200
    assert "Zoé &amp; Cie « &lt;b&gt;é&lt;/b&gt; »" in form.text
    assert "Nothing has been sent yet" in form.text
    assert member.person.given_name == "Zoé"

    assert browser.post(PROFILE, {**TYPED, "given_name": "Zoé-Anne"}).status_code == 302
    assert member.person.given_name == "Zoé-Anne"


def test_secrets_are_never_kept(browse: Browse, member: Membership) -> None:
    browser = ended(browse, member)
    answer = browser.post(
        "/mon-compte/mot-de-passe", {"password": "un secret", "new_password": "un autre secret"}
    )
    assert answer.status_code == 401
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://mechant.test"},
        {"Origin": "null"},
        {"Referer": "https://mechant.test/localhost"},
        {},
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_another_site_cannot_put_words_in_a_form(
    browse: Browse, member: Membership, headers: Fields, signed_in: bool
) -> None:
    browser = english(browse(member if signed_in else None))
    answer = raw_post(browser, PROFILE, data={**TYPED, "given_name": "mots soufflés"}, headers=headers)
    assert answer.status_code == (400 if signed_in else 401)
    assert "soufflés" not in answer.text
    assert "Your text is kept" not in answer.text


def test_old_browsers_say_where_they_come_from(browse: Browse, member: Membership) -> None:
    browser = ended(browse, member)
    for headers in ({"Origin": "http://localhost"}, {"Referer": "http://localhost/mon-compte"}):
        answer = raw_post(browser, PROFILE, data={**TYPED, "csrf_token": browser.token}, headers=headers)
        assert "Your text is kept" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "https://mechant.test/mon-compte",
        "//mechant.test/mon-compte",
        "/\\mechant.test",
        "/inconnu",
        "/health",
        "/connexion",
        "/deconnexion",
        "",
    ],
)
def test_text_goes_only_to_a_form_of_ours(browse: Browse, member: Membership, path: str) -> None:
    browser = browse()
    fields = {"kept_path": path, "kept.given_name": "mots soufflés"}
    refused = sign_in(browser, member.person, WRONG, **fields)
    assert "soufflés" not in refused.text
    answer = sign_in(browser, member.person, **fields)
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_form_opened_before_the_session_changed_is_kept(browse: Browse, member: Membership) -> None:
    browser = english(browse(member))
    browser.get(PROFILE)
    old = browser.token
    with browser.client.session_transaction() as session:
        session.pop("csrf_token")
    browser.get(PROFILE)
    answer = browser.post(PROFILE, {**TYPED, "csrf_token": old})
    assert answer.status_code == 400
    action, hidden = main_form(answer)
    form = browser.post(action, hidden)
    assert "Zoé &amp; Cie" in form.text
    db.session.expire_all()


@pytest.mark.parametrize("signed_in_meanwhile", [True, False])
def test_a_second_tab_keeps_its_text_too(
    browse: Browse, member: Membership, signed_in_meanwhile: bool
) -> None:
    browser = ended(browse, member)
    _action, hidden = main_form(browser.post(PROFILE, TYPED))
    hidden["csrf_token"] = "old"
    if signed_in_meanwhile:
        sign_in(browser, member.person)
    answer = browser.post(SIGN_IN, {**hidden, "email": member.person.email, "password": PASSPHRASE})
    _action, hidden = main_form(answer)
    assert LONG in {hidden.get("given_name"), hidden.get("kept.given_name")}


def test_a_sign_in_page_that_is_too_old_asks_again(browse: Browse, member: Membership) -> None:
    browser = browse()
    answer = browser.post(
        SIGN_IN, {"csrf_token": "old", "email": member.person.email, "password": PASSPHRASE}
    )
    assert (answer.status_code, answer.location) == (302, SIGN_IN)


def test_repeated_fields_are_all_kept(browse: Browse, member: Membership) -> None:
    browser = ended(browse, member)
    answer = browser.post(PROFILE, {"given_name": ["un", "deux"]})
    assert answer.text.count('name="kept.given_name"') == 2
