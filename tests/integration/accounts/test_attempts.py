"""Guessing passwords is slowed down, then held; by account and by network address, for all processes together."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.accounts import rules
from portal.accounts.models import FailedAttempt
from portal.db import db
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    NEW,
    WRONG,
    ask_link,
    change_password,
    emails,
    english,
    link_in,
    note_hashes,
    set_password,
    sign_in,
    sign_in_as,
)
from tests.jobs import do

Browse = Callable[..., Browser]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HELD = "Too many attempts"


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


def from_address(browser: Browser, address: str) -> Browser:
    browser.client.environ_base["REMOTE_ADDR"] = address
    return english(browser)


def fail(browser: Browser, email: str, times: int = 5) -> None:
    for _ in range(times):
        sign_in_as(browser, email, WRONG)


def test_after_five_failures_the_right_password_waits_too(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    person = make.person()
    fail(from_address(browse(), "192.0.2.1"), person.email)
    elsewhere = from_address(browse(), "192.0.2.2")
    held = sign_in(elsewhere, person)
    assert held.status_code == 422
    assert HELD in held.text
    time.shift(timedelta(seconds=61))
    assert sign_in(elsewhere, person).status_code == 302


def test_the_wait_that_is_announced_is_the_wait(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    person = make.person()
    browser = from_address(browse(), "192.0.2.1")
    fail(browser, person.email, 4)
    for announced in (1, 2, 4, 8, 16, 32, 60):
        fail(browser, person.email, 1)
        held = sign_in(from_address(browse(), "192.0.2.2"), person)
        assert f"Try again in {announced} minute" in held.text
        time.shift(timedelta(minutes=announced) - timedelta(seconds=1))
        assert "Try again in 1 minute," in sign_in(from_address(browse(), "192.0.2.2"), person).text
        time.shift(timedelta(seconds=1))
    assert sign_in(browser, person).status_code == 302


def test_four_failures_are_free_and_success_clears_them(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    person = make.person()
    for address in ("192.0.2.1", "192.0.2.2"):
        browser = from_address(browse(), address)
        fail(browser, person.email, 4)
        assert sign_in(browser, person).status_code == 302


def test_an_unknown_account_is_held_alike(browse: Browse, time: time_machine.Traveller) -> None:
    fail(from_address(browse(), "192.0.2.1"), "personne@exemple.test")
    held = sign_in_as(from_address(browse(), "192.0.2.2"), "Personne@exemple.test ")
    assert HELD in held.text


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "NETWORK", replace(rules.NETWORK, free=5, most=5))


@pytest.mark.usefixtures("small_network")
def test_a_network_that_tries_many_accounts_is_held_and_told_so(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    guesser = from_address(browse(), "2001:db8:1:2::1")
    for number in range(5):
        sign_in_as(guesser, f"personne{number}@exemple.test", WRONG)
    neighbour = from_address(browse(), "2001:db8:1:2:ffff::9")
    person = make.person()
    held = sign_in(neighbour, person).text
    assert "Too many attempts from your network" in held
    assert "Try again in 15 minutes" in held
    assert sign_in(from_address(browse(), "2001:db8:1:3::1"), person).status_code == 302
    time.shift(timedelta(minutes=16))
    assert sign_in(neighbour, make.person()).status_code == 302


@pytest.mark.usefixtures("small_network")
def test_a_good_account_does_not_hide_a_guesser(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    own = make.person()
    for number in range(5):
        sign_in_as(from_address(browse(), "192.0.2.1"), f"personne{number}@exemple.test", WRONG)
        sign_in(from_address(browse(), "192.0.2.1"), own)
    assert "from your network" in sign_in(from_address(browse(), "192.0.2.1"), own).text


def test_held_attempts_cost_no_hash_and_do_not_lengthen_the_wait(
    make: Builder, browse: Browse, time: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make.person()
    browser = from_address(browse(), "192.0.2.1")
    fail(browser, person.email)
    hashes = note_hashes(monkeypatch)
    fail(browser, person.email, 20)
    assert hashes == []
    time.shift(timedelta(seconds=61))
    assert sign_in(browser, person).status_code == 302


def test_a_day_of_guessing_gets_twenty_five_tries(
    make: Builder, browse: Browse, time: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make.person()
    hashes = note_hashes(monkeypatch)
    for step in range(24 * 2):
        browser = from_address(browse(), f"192.0.2.{step}")
        for _ in range(2):
            sign_in(browser, person, WRONG)
        time.shift(timedelta(minutes=30))
    assert 10 < len(hashes) <= 25
    time.shift(timedelta(hours=24))
    assert sign_in(from_address(browse(), "192.0.2.1"), person).status_code == 302


def test_a_new_password_by_email_opens_a_held_account(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    person = make.person()
    fail(from_address(browse(), "192.0.2.1"), person.email)
    browser = from_address(browse(), "192.0.2.2")
    ask_link(browser, person.email)
    set_password(browser, link_in(emails()[0]))
    assert sign_in(browser, person, NEW).status_code == 302


def test_guessing_the_current_password_of_an_open_session_is_held(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    browser = english(browse(make.coordinator()))
    for _ in range(5):
        assert "This is not your current password" in change_password(browser, WRONG).text
    assert HELD in change_password(browser, PASSPHRASE).text
    time.shift(timedelta(seconds=61))
    assert change_password(browser, PASSPHRASE).status_code == 302


def test_mistakes_in_the_new_password_are_no_guesses(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    browser = english(browse(make.coordinator()))
    for _ in range(8):
        change_password(browser, PASSPHRASE, NEW, "autre chose encore une fois")
        change_password(browser, PASSPHRASE, "court")
    assert change_password(browser, PASSPHRASE).status_code == 302


def test_forms_that_try_nothing_are_not_counted(make: Builder, browse: Browse) -> None:
    browser = browse()
    for _ in range(6):
        sign_in_as(browser, "personne@exemple.test", "")
    assert _counted() == 0


def test_what_no_longer_counts_is_removed(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    browser = from_address(browse(), "192.0.2.1")
    fail(browser, "personne@exemple.test", 1)
    time.shift(timedelta(hours=23))
    fail(browser, "personne@exemple.test", 1)
    assert do("forget attempts") == 0
    time.shift(timedelta(hours=2))
    assert do("forget attempts") == 2
    assert _counted() == 2


def test_no_address_is_written_where_people_may_type_passwords(browse: Browse) -> None:
    sign_in_as(browse(), "mon mot de passe secret", "x")
    keys = db.session.scalars(select(FailedAttempt.key)).all()
    assert len(keys) == 2
    assert not any("secret" in key for key in keys)


def _counted() -> int:
    return db.session.scalar(select(func.count()).select_from(FailedAttempt)) or 0
