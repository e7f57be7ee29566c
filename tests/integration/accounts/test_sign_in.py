"""Signing in and out."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from config import Config, Production
from portal import clock
from portal.access.roles import Role
from portal.accounts import service
from portal.accounts.passwords import service as passwords
from portal.db import transaction
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    SIGN_IN,
    WRONG,
    english,
    is_signed_in,
    note_hashes,
    raw_post,
    sign_in,
    sign_in_as,
    sign_out,
)
from tests.production import production

Browse = Callable[..., Browser]


def test_a_person_signs_in_and_comes_home(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    browser = browse()
    answer = sign_in(browser, coordinator.person)
    assert (answer.status_code, answer.location) == (302, "/")
    assert coordinator.organisation.name in browser.get("/mon-compte").text


def test_the_address_is_written_in_any_case_and_with_spaces(make: Builder, browse: Browse) -> None:
    make.person(email="Zoe.Martin@Exemple.test")
    assert sign_in_as(browse(), "  ZOE.martin@exemple.TEST ").status_code == 302


def test_accents_of_a_password_may_be_written_in_two_ways(make: Builder, browse: Browse) -> None:
    hashed = passwords.hashed("l’été à la forêt déjà")
    with transaction():
        service.create_person("ete@exemple.test", "Été", "Martin", hashed)
    decomposed = "l’e\u0301te\u0301 a\u0300 la fore\u0302t de\u0301ja\u0300"
    assert sign_in_as(browse(), "ete@exemple.test", decomposed).status_code == 302


def test_unknown_wrong_and_closed_get_the_same_answer(make: Builder, browse: Browse) -> None:
    known, closed = make.person(), make.person(active=False)
    tries = [
        ("personne@exemple.test", PASSPHRASE),
        (known.email, WRONG),
        (closed.email, PASSPHRASE),
        (closed.email, WRONG),
    ]
    answers = [(sign_in_as(browse(), email, password), email) for email, password in tries]
    assert {answer.status_code for answer, _ in answers} == {422}
    assert len({_without_what_varies(answer.text, email) for answer, email in answers}) == 1
    assert len({frozenset(answer.headers.keys()) for answer, _ in answers}) == 1


def _without_what_varies(page: str, email: str) -> str:
    return re.sub(r'(nonce|name="csrf_token" value|data-passkey)="[^"]+"', "", page.replace(email, "…"))


@pytest.mark.parametrize("who", ["known", "unknown", "closed"])
def test_every_refusal_costs_one_hash(
    make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    emails = {
        "known": make.person().email,
        "unknown": "personne@exemple.test",
        "closed": make.person(active=False).email,
    }
    hashes = note_hashes(monkeypatch)
    sign_in_as(browse(), emails[who], WRONG)
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("", PASSPHRASE),
        ("a@b.test", ""),
        ("   ", "x"),
        ("a\x00@b.test", "x"),
        ("é" * 3000, "x" * 9000),
    ],
)
def test_nonsense_is_refused_kindly(make: Builder, browse: Browse, email: str, password: str) -> None:
    browser = english(browse())
    answer = sign_in_as(browser, email, password)
    assert answer.status_code == 422
    assert "There is one thing to correct" in answer.text
    assert "Authentication failed" not in answer.text


def test_json_and_header_tokens_open_nothing(app: Flask, make: Builder, browse: Browse) -> None:
    person = make.person()
    browser = browse()
    browser.get(SIGN_IN)
    answer = raw_post(
        browser,
        SIGN_IN + "?include_auth_token",
        json={"email": person.email, "password": PASSPHRASE},
        headers={"X-CSRFToken": browser.token or "", "Accept": "application/json"},
    )
    assert answer.status_code == 415
    with app.test_request_context():
        token = person.get_auth_token()
    assert browser.get("/mon-compte", headers={"Authentication-Token": token}).status_code == 302


def test_no_cookie_remembers_anybody(make: Builder, browse: Browse) -> None:
    browser = browse()
    answer = sign_in(browser, make.person(), remember="y")
    cookies = answer.headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["session"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert attribute in cookies[0]


def test_the_cookie_asks_for_https_unless_told_otherwise() -> None:
    assert Config.SESSION_COOKIE_SECURE


@pytest.mark.parametrize(
    ("address", "named"), [("https://portail.test", "__Host-session"), ("http://localhost:8000", None)]
)
def test_under_https_the_cookie_is_of_this_host_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, named: str | None
) -> None:
    for name, value in production(tmp_path, PORTAL_URL=address).items():
        monkeypatch.setenv(name, value)
    settings = Production()
    assert getattr(settings, "SESSION_COOKIE_NAME", None) == named
    assert settings.SESSION_COOKIE_SECURE is bool(named)
    assert settings.TWO_FACTORS_FOR_CELLS


def test_a_session_lasts_twelve_hours_without_a_visit(make: Builder, browse: Browse) -> None:
    browser = browse()
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        sign_in(browser, make.coordinator().person)
        time.shift(timedelta(hours=11, minutes=59))
        assert is_signed_in(browser)
        time.shift(timedelta(hours=11, minutes=59))
        assert is_signed_in(browser)
        time.shift(timedelta(hours=12, minutes=1))
        assert not is_signed_in(browser)


def test_nothing_of_a_visitors_session_survives_signing_in_but_the_language(
    make: Builder, browse: Browse
) -> None:
    browser = english(browse())
    browser.get(SIGN_IN)
    with browser.client.session_transaction() as session:
        before = session["csrf_token"]
        session["planted"] = "by somebody else"
    sign_in(browser, make.person())
    browser.get("/mon-compte")
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != before
        assert session["language"] == "en"


def test_signing_out_empties_the_session(make: Builder, browse: Browse) -> None:
    browser = english(browse())
    sign_in(browser, make.coordinator().person)
    assert is_signed_in(browser)
    answer = sign_out(browser)
    assert (answer.status_code, answer.location) == (302, "/")
    assert not is_signed_in(browser)
    with browser.client.session_transaction() as session:
        assert not {"_user_id", "acting_for", "fs_paa"} & session.keys()
        assert session["language"] == "en"


def test_signing_out_takes_a_post_with_a_token(make: Builder, browse: Browse) -> None:
    browser = browse()
    sign_in(browser, make.coordinator().person)
    assert browser.get("/deconnexion").status_code == 405
    raw_post(browser, "/deconnexion")
    assert is_signed_in(browser)


def test_signing_out_twice_comes_home(make: Builder, browse: Browse) -> None:
    browser = browse()
    assert sign_out(browser).location == "/"


def test_a_person_already_signed_in_is_sent_home(make: Builder, browse: Browse) -> None:
    browser = browse(make.coordinator())
    for path in (SIGN_IN, SIGN_IN + "?next=/mon-compte"):
        assert browser.get(path).location == "/"


def test_a_closed_account_is_out_at_once(make: Builder, browse: Browse) -> None:
    person = make.coordinator().person
    browser = browse()
    sign_in(browser, person)
    with transaction():
        person.active = False
    assert not is_signed_in(browser)


def test_the_page_asked_for_comes_after_signing_in(make: Builder, browse: Browse) -> None:
    browser = browse()
    asked = browser.get("/mon-compte?a=1&b=é").location
    browser.get(asked)
    form = re.findall(r'name="next" value="([^"]*)"', browser.get(asked).text)[-1]
    answer = sign_in(browser, make.person(), next=form.replace("&amp;", "&"))
    assert answer.location.startswith("/mon-compte?a=1&b=")


@pytest.mark.parametrize(
    "target",
    [
        "https://mechant.test/",
        "//mechant.test",
        "///mechant.test",
        "/\\mechant.test",
        "\\\\mechant.test",
        "/\t/mechant.test",
        "\x19//mechant.test",
        " //mechant.test",
        "javascript:alert(1)",
        "http:mechant.test",
        "mechant.test",
        "/%5cmechant.test/..//..",
    ],
)
@pytest.mark.parametrize("carried", ["form", "address"])
def test_next_never_leaves_the_portal(make: Builder, browse: Browse, target: str, carried: str) -> None:
    browser, person = browse(), make.person()
    browser.get(SIGN_IN)
    fields = {"email": person.email, "password": PASSPHRASE}
    if carried == "form":
        answer = browser.post(SIGN_IN, {**fields, "next": target})
    else:
        answer = browser.post(SIGN_IN, fields, query_string={"next": target})
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not re.match(r"/[/\\\s]", answer.location)
    assert not answer.location.startswith("//")


def test_the_sign_in_pages_are_never_stored(make: Builder, browse: Browse) -> None:
    for path in (SIGN_IN, "/mot-de-passe-oublie"):
        assert browse().get(path).headers["Cache-Control"] == "no-store"


def test_an_old_hash_is_renewed_and_the_commit_is_ours(app: Flask, make: Builder, browse: Browse) -> None:
    with app.app_context():
        context = app.extensions["security"].pwd_context
        from flask_security.utils import get_hmac

        weaker = context.handler("argon2").using(rounds=2, memory_cost=16).hash(get_hmac(PASSPHRASE))
    person = make.person(password=weaker)
    assert sign_in(browse(), person).status_code == 302
    assert person.password != weaker
    assert person.password is not None
    assert person.password.startswith("$argon2id$")
    assert sign_in(browse(), person).status_code == 302


def test_the_sign_in_page_costs_one_query_for_nobody(browse: Browse, queries: list[str]) -> None:
    browser = browse()
    queries.clear()
    browser.get(SIGN_IN)
    assert queries == []


def test_one_query_knows_the_person_whatever_they_belong_to(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    first = make.coordinator()
    browser = browse(first)
    queries.clear()
    browser.get("/mon-compte")
    assert sum("FROM person" in query for query in queries) == 1
    for _ in range(5):
        make.member(make.partner(regions=("28", "11")), Role.PRACTITIONER, first.person)
    queries.clear()
    browser.get("/mon-compte")
    assert sum("FROM person" in query for query in queries) == 1
