"""Sessions are rows that can be ended; a copied cookie dies with its row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.journal.models import JournalEntry
from portal.safety.models import SignInSession
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    NEW,
    ask_link,
    change_password,
    emails,
    english,
    is_signed_in,
    link_in,
    set_password,
    sign_in,
    sign_out,
)
from tests.integration.safety.steps import FIREFOX, PHONE, SESSIONS
from tests.jobs import do

Browse = Callable[..., Browser]


def from_device(browser: Browser, user_agent: str, address: str = "192.0.2.1") -> Browser:
    browser.client.environ_base.update({"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": address})
    return english(browser)


def copy_of(app: Flask, browser: Browser) -> Browser:
    """Another browser that holds a copy of the cookie."""
    thief = Browser(app, None)
    with browser.client.session_transaction() as session:
        values = dict(session)
    with thief.client.session_transaction() as session:
        session.update(values)
    return thief


def rows() -> list[SignInSession]:
    return list(db.session.scalars(select(SignInSession).order_by(SignInSession.id)))


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask, make: Builder, browse: Browse) -> None:
    browser = browse()
    sign_in(browser, make.coordinator().person)
    thief = copy_of(app, browser)
    assert is_signed_in(thief)
    sign_out(browser)
    assert not is_signed_in(thief)
    assert thief.get("/demandes").location.startswith("/connexion")


def test_a_session_key_is_new_at_each_sign_in_and_never_stored(make: Builder, browse: Browse) -> None:
    browser, person = browse(), make.coordinator().person
    with browser.client.session_transaction() as session:
        session["sign_in_key"] = "planted"
    sign_in(browser, person)
    with browser.client.session_transaction() as session:
        key = session["sign_in_key"]
    assert key != "planted"
    assert key not in {row.key_hash for row in rows()}
    assert len(key) >= 43


def test_a_key_opens_nothing_for_another_person(make: Builder, browse: Browse) -> None:
    mine, other = browse(make.coordinator()), make.coordinator()
    with mine.client.session_transaction() as session:
        session["_user_id"] = other.person.fs_uniquifier
    assert not is_signed_in(mine)


@pytest.mark.parametrize("key", [None, "", "x", 7, "é" * 500])
def test_without_a_good_key_nobody_is_signed_in(make: Builder, browse: Browse, key: object) -> None:
    browser = browse(make.coordinator())
    with browser.client.session_transaction() as session:
        session["sign_in_key"] = key
    assert not is_signed_in(browser)


def test_the_page_names_each_place_and_signs_out_of_one(make: Builder, browse: Browse) -> None:
    person = make.coordinator().person
    computer, phone = from_device(browse(), FIREFOX), from_device(browse(), PHONE, "198.51.100.9")
    sign_in(computer, person)
    sign_in(phone, person)
    page = computer.get(SESSIONS).text
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "198.51.100.9" in page
    assert page.count("Here, now") == 1
    there = rows()[1]
    answer = computer.post(f"{SESSIONS}/{there.id}/terminer")
    assert (answer.status_code, answer.location) == (302, SESSIONS)
    assert not is_signed_in(phone)
    assert is_signed_in(computer)


def test_nobody_ends_the_session_of_another(make: Builder, browse: Browse) -> None:
    mine, other = browse(make.coordinator()), browse(make.coordinator())
    assert mine.post(f"{SESSIONS}/{rows()[1].id}/terminer").status_code == 404
    assert is_signed_in(other)


@pytest.mark.parametrize("here_too", [False, True])
def test_signing_out_everywhere(make: Builder, browse: Browse, here_too: bool) -> None:
    member, neighbour = make.coordinator(), browse(make.coordinator())
    here, there = browse(member), browse(member)
    here.post(f"{SESSIONS}/terminer", {"here": "too"} if here_too else {})
    assert not is_signed_in(there)
    assert is_signed_in(here) is not here_too
    assert is_signed_in(neighbour)
    assert [email.kind for email in emails()] == ["safety/protection_changed"]
    assert [entry.act.value for entry in db.session.scalars(select(JournalEntry))] == [
        "signed_out_everywhere"
    ]


def test_a_changed_password_ends_the_others_and_keeps_this_one(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    here, there = browse(member), browse(member)
    assert change_password(here, PASSPHRASE).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert [row.ended_at is None for row in rows()] == [True, False]
    acts = [entry.act.value for entry in db.session.scalars(select(JournalEntry))]
    assert acts == ["password_changed"]


def test_a_reset_password_ends_all_and_confirms_the_address(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    there, browser = browse(member), browse()
    ask_link(browser, member.person.email)
    set_password(browser, link_in(emails()[0]), NEW)
    assert not is_signed_in(there)
    assert rows()[0].ended_at is not None
    assert member.person.confirmed_at is not None


def test_a_session_ends_after_twelve_hours_unused_and_after_seven_days(make: Builder, browse: Browse) -> None:
    member, browser = make.coordinator(), browse()
    with time_machine.travel(clock.now(), tick=False) as time:
        sign_in(browser, member.person)
        for _ in range(16):
            time.shift(timedelta(hours=10))
            assert is_signed_in(browser)
        time.shift(timedelta(hours=9))
        assert not is_signed_in(browser)


def test_an_unused_session_is_over_whatever_the_cookie_says(
    app: Flask, make: Builder, browse: Browse
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        browser = browse(make.coordinator())
        time.shift(timedelta(hours=12, minutes=6))
        with browser.client.session_transaction() as session:
            session["refreshed"] = True
        assert not is_signed_in(browser)


def test_being_seen_is_written_every_few_minutes_only(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    browser = browse()
    with time_machine.travel(clock.now(), tick=False) as time:
        sign_in(browser, make.coordinator().person)
        queries.clear()
        browser.get("/mon-compte")
        assert [query for query in queries if query.startswith("UPDATE")] == []
        time.shift(timedelta(minutes=6))
        queries.clear()
        browser.get("/mon-compte")
        assert len([query for query in queries if query.startswith("UPDATE")]) == 1
        assert rows()[0].last_seen_at == clock.now()


def test_the_cookie_is_sent_again_when_being_seen_is_written(make: Builder, browse: Browse) -> None:
    browser = browse()
    with time_machine.travel(clock.now(), tick=False) as time:
        sign_in(browser, make.coordinator().person)
        browser.get("/mon-compte")
        assert "Set-Cookie" not in browser.get("/mon-compte").headers
        time.shift(timedelta(minutes=6))
        assert "Expires=" in browser.get("/mon-compte").headers["Set-Cookie"]


def test_coming_is_noted_on_the_person(make: Builder, browse: Browse) -> None:
    person = make.coordinator().person
    sign_in(browse(), person)
    assert person.last_seen_at is not None


def test_sessions_of_a_year_ago_are_forgotten(make: Builder, browse: Browse) -> None:
    browse(make.coordinator())
    assert do("forget sessions") == 0
    with time_machine.travel(clock.now() + timedelta(days=366), tick=False):
        assert do("forget sessions") == 1
    assert rows() == []


def test_a_new_place_is_told_and_a_known_one_is_not(make: Builder, browse: Browse) -> None:
    person = make.coordinator().person
    sign_in(from_device(browse(), FIREFOX), person)
    assert emails() == [], "the very first sign-in is no news"
    sign_in(from_device(browse(), FIREFOX), person)
    assert emails() == []
    sign_in(from_device(browse(), PHONE), person)
    [told] = emails()
    assert (told.kind, told.recipient) == ("safety/new_sign_in", person.email)
    assert "iPhone" in told.text
    assert SESSIONS in told.text
    sign_in(from_device(browse(), FIREFOX, "203.0.113.5"), person)
    assert len(emails()) == 2
