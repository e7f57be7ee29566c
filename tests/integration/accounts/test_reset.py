"""Choosing a new password through a link sent by e-mail, and changing it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from flask import Flask
from flask_security.utils import hash_data

from portal import clock
from portal.access.roles import Role
from portal.accounts import rules
from portal.accounts.sign_in.service import ACTING_FOR
from portal.db import db, transaction
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    CHANGE,
    FORGOTTEN,
    NEW,
    WRONG,
    ask_link,
    change_password,
    emails,
    english,
    is_signed_in,
    link_in,
    raw_post,
    set_password,
    sign_in,
)
from tests.races import Meet, all_at_once

Browse = Callable[..., Browser]


def test_a_link_gives_a_new_password(make: Builder, browse: Browse) -> None:
    person, browser = make.person(), english(browse())
    answer = ask_link(browser, person.email.upper())
    assert (answer.status_code, answer.location) == (302, "/connexion")
    assert "is on its way" in browser.get("/connexion").text
    answer = set_password(browser, link_in(emails()[0]))
    assert (answer.status_code, answer.location) == (302, "/connexion")
    assert "Your new password is set" in browser.get("/connexion").text
    assert sign_in(browser, person).status_code == 422
    assert sign_in(browser, person, NEW).status_code == 302


def test_the_email_speaks_the_readers_language_and_is_confidential(make: Builder, browse: Browse) -> None:
    ask_link(browse(), make.person(language="en").email)
    (sent,) = emails()
    assert sent.confidential
    assert sent.language == "en"
    assert sent.subject == "Choose your new password"
    assert "two hours" in sent.text


def test_the_answer_is_the_same_for_all(make: Builder, browse: Browse) -> None:
    known, closed = make.person().email, make.person(active=False).email
    pages = []
    for email in (known, closed, "personne@exemple.test", "n’importe quoi"):
        browser = browse()
        answer = ask_link(browser, email)
        assert (answer.status_code, answer.location) == (302, "/connexion")
        page = browser.get("/connexion").text.replace(email, "…")
        pages.append(page[page.index("<main") - 600 : page.index("<main")])
    assert len(set(pages)) == 1
    assert [sent.recipient for sent in emails()] == [known]


def test_links_are_limited_without_a_word(make: Builder, browse: Browse) -> None:
    person = make.person()
    answers = {(a.status_code, a.location) for a in (ask_link(browse(), person.email) for _ in range(6))}
    assert answers == {(302, "/connexion")}
    assert len(emails()) == 3
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        ask_link(browse(), person.email)
    assert len(emails()) == 4


def test_one_network_cannot_write_to_everybody_and_is_told(
    make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LINKS_OF_NETWORK", replace(rules.LINKS_OF_NETWORK, free=10, most=10))
    answers = [ask_link(english(browse()), make.person().email) for _ in range(12)]
    assert len(emails()) == 10
    assert [one.status_code for one in answers[9:]] == [302, 429, 429]
    assert "Many links were asked for from your network" in answers[-1].text


def test_asking_for_links_does_not_stop_signing_in(make: Builder, browse: Browse) -> None:
    person = make.person()
    for _ in range(12):
        ask_link(browse(), person.email)
    assert sign_in(browse(), person).status_code == 302


def test_a_link_works_once(make: Builder, browse: Browse) -> None:
    person, browser = make.person(), english(browse())
    ask_link(browser, person.email)
    link = link_in(emails()[0])
    set_password(browser, link)
    assert set_password(browser, link, "un autre encore plus long").location == FORGOTTEN
    assert "has been used already" in browser.get(FORGOTTEN).text
    assert sign_in(browser, person, NEW).status_code == 302


def test_a_link_used_twice_at_once_works_once(app: Flask, make: Builder, browse: Browse) -> None:
    for _ in range(5):
        person = make.person()
        ask_link(browse(), person.email)
        link = link_in(emails()[-1])

        def use(number: int, meet: Meet, link: str = link) -> str | None:
            client = app.test_client()
            token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
            meet()
            fields = {"csrf_token": token and token.group(1), "password": NEW + str(number)}
            return client.post(link, data={**fields, "password_confirm": fields["password"]}).location

        assert sorted(map(str, all_at_once(2, use))) == ["/connexion", FORGOTTEN]


def test_opening_a_link_changes_nothing(make: Builder, browse: Browse) -> None:
    person, browser = make.person(), browse()
    ask_link(browser, person.email)
    link = link_in(emails()[0])
    for _ in range(3):
        answer = browser.get(link)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert sign_in(browse(), person).status_code == 302
    assert set_password(browser, link).location == "/connexion"


def test_a_link_is_dead_after_two_hours(make: Builder, browse: Browse) -> None:
    browser = english(browse())
    ask_link(browser, make.person().email)
    link = link_in(emails()[0])
    with time_machine.travel(clock.now() + timedelta(minutes=119)):
        assert browser.get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=121)):
        assert browser.get(link).location == FORGOTTEN
        assert "too old" in browser.get(FORGOTTEN).text
        assert set_password(browser, link).location == FORGOTTEN


@pytest.mark.parametrize("change", ["password", "closed"])
def test_a_link_dies_with_what_it_was_for(make: Builder, browse: Browse, change: str) -> None:
    member = make.coordinator()
    ask_link(browse(), member.person.email)
    link = link_in(emails()[0])
    if change == "password":
        change_password(browse(member), PASSPHRASE)
    else:
        with transaction():
            member.person.active = False
    assert browse().get(link).location == FORGOTTEN


@pytest.mark.parametrize("token", ["x", "x.y.z", "é", "a" * 3000])
def test_a_forged_link_is_refused(browse: Browse, token: str, database: None) -> None:
    assert browse().get(f"{FORGOTTEN}/{token}").location == FORGOTTEN


def test_the_link_never_names_another_site(make: Builder, browse: Browse) -> None:
    browser = browse()
    browser.get(FORGOTTEN)
    fields = {"email": make.person().email, "csrf_token": browser.token}
    raw_post(browser, FORGOTTEN, data=fields, headers={"Host": "mechant.test"})
    assert all("mechant" not in sent.text + sent.html for sent in emails())


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("", "", "Type a new password"),
        ("court", "court", "at least 12"),
        ("x" * 201, "x" * 201, "at most 200"),
        (NEW, NEW + "!", "The two passwords differ"),
        ("motdepasse2026", "motdepasse2026", "easy to guess"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "easy to guess"),
    ],
)
def test_a_poor_password_is_refused(
    make: Builder, browse: Browse, password: str, again: str, words: str
) -> None:
    person, browser = make.person(), english(browse())
    ask_link(browser, person.email)
    answer = set_password(browser, link_in(emails()[0]), password, again)
    assert answer.status_code == 422
    assert words in answer.text
    assert password not in answer.text or len(password) < 6
    assert sign_in(browse(), person).status_code == 302


def test_a_new_password_ends_every_session_and_is_announced(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    open_session, browser = browse(member), browse()
    ask_link(browser, member.person.email)
    set_password(browser, link_in(emails()[0]))
    assert not is_signed_in(open_session)
    announced = emails()[1]
    assert (announced.kind, announced.recipient) == ("accounts/password_changed", member.person.email)
    assert not announced.confidential


def test_changing_it_ends_other_sessions_and_keeps_this_one(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    second = make.member(make.partner(), Role.MANAGER, first.person)
    here, elsewhere = english(browse(second)), browse(first)
    answer = change_password(here, PASSPHRASE)
    assert (answer.status_code, answer.location) == (302, "/mon-compte")
    assert "Your password is changed" in here.get("/mon-compte").text
    assert not is_signed_in(elsewhere)
    with here.client.session_transaction() as session:
        assert session[ACTING_FOR] == second.id
    assert [sent.kind for sent in emails()] == ["accounts/password_changed"]
    assert sign_in(browse(), first.person, NEW).status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("", NEW, NEW, "Type your current password"),
        (WRONG, NEW, NEW, "This is not your current password"),
        (PASSPHRASE, PASSPHRASE, PASSPHRASE, "must differ"),
        (PASSPHRASE, "court", "court", "at least 12"),
        (PASSPHRASE, NEW, "x", "The two passwords differ"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    make: Builder, browse: Browse, current: str, new: str, again: str, words: str
) -> None:
    member = make.coordinator()
    browser = english(browse(member))
    answer = change_password(browser, current, new, again)
    assert answer.status_code == 422
    assert words in answer.text
    assert emails() == []
    assert sign_in(browse(), member.person).status_code == 302


def test_a_commit_that_fails_changes_neither_password_nor_session(
    app: Flask, make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make.coordinator()
    person = member.person
    browser = english(browse(member))
    browser.get(CHANGE)

    def fails(*args: object, **options: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("portal.accounts.emails.enqueue", fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", None)
    monkeypatch.setattr(app, "testing", 0)
    answer = raw_post(
        browser,
        CHANGE,
        data={
            "csrf_token": browser.token,
            "password": PASSPHRASE,
            "new_password": NEW,
            "new_password_confirm": NEW,
        },
    )
    assert answer.status_code == 500
    page = browser.get("/mon-compte")
    assert page.status_code == 200
    assert "Your password is changed" not in page.text
    db.session.rollback()
    assert sign_in(browse(), person).status_code == 302


def test_only_a_quick_hash_goes_into_a_link(make: Builder) -> None:
    assert hash_data("a hashed password") == sha256(b"a hashed password").hexdigest(), (
        "a slow one takes 0.2 s for those who have an account, and for nobody else"
    )
