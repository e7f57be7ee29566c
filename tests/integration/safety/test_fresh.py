"""Sensitive acts ask for a recent sign-in, and keep what was typed meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.journal.models import JournalEntry
from tests.access.drawn import forms_of
from tests.access.matrix import SENSITIVE
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import WRONG, emails, english, sign_in
from tests.integration.safety.steps import ADDRESS, APPLICATION, CODES, PASSKEYS, VERIFY, stale

Browse = Callable[..., Browser]


@pytest.mark.parametrize("path", [ADDRESS, APPLICATION, PASSKEYS])
def test_a_sensitive_page_asks_who_is_there_then_opens(make: Builder, browse: Browse, path: str) -> None:
    browser = stale(browse(make.coordinator()))
    asked = browser.get(path)
    assert (asked.status_code, asked.location) == (302, f"{VERIFY}?next={path}")
    browser.get(asked.location)
    answer = browser.post(VERIFY, {"password": PASSPHRASE, "next": path})
    assert (answer.status_code, answer.location) == (302, path)
    assert browser.get(path).status_code == 200


def test_what_was_typed_is_kept_meanwhile_and_not_done(make: Builder, browse: Browse) -> None:
    browser = english(stale(browse(make.coordinator())))
    asked = browser.post(ADDRESS, {"email": "nouvelle@exemple.test"})
    assert asked.status_code == 401
    assert "Nothing has been done yet" in asked.text
    kept = {"kept_path": ADDRESS, "kept.email": "nouvelle@exemple.test"}
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in asked.text
    resumed = browser.post(VERIFY, {"password": PASSPHRASE, **kept})
    assert "Your text is kept" in resumed.text
    shown = browser.post(ADDRESS, {"resume": "1", "email": "nouvelle@exemple.test"})
    assert 'value="nouvelle@exemple.test"' in shown.text
    assert not emails()


def test_a_button_does_nothing_before(make: Builder, browse: Browse) -> None:
    browser = stale(browse(make.coordinator()))
    assert browser.post(CODES).status_code == 401


def test_a_wrong_password_proves_nothing_and_is_counted(make: Builder, browse: Browse) -> None:
    browser = english(stale(browse(make.coordinator())))
    for _ in range(5):
        refused = browser.post(VERIFY, {"password": WRONG, "next": ADDRESS})
        assert refused.status_code == 422
    held = browser.post(VERIFY, {"password": PASSPHRASE, "next": ADDRESS})
    assert "Too many attempts. Try again in 1 minute" in held.text
    assert browser.get(ADDRESS).status_code == 302


@pytest.mark.parametrize("target", ["https://mechant.test", "//mechant.test", "/\\mechant.test"])
def test_it_never_leads_out_of_the_portal(make: Builder, browse: Browse, target: str) -> None:
    browser = stale(browse(make.coordinator()))
    answer = browser.post(VERIFY, {"password": PASSPHRASE, "next": target})
    assert answer.status_code == 302
    assert "mechant" not in answer.location


def test_half_an_hour_after_signing_in_it_is_asked_again(make: Builder, browse: Browse) -> None:
    person, browser = make.coordinator().person, browse()
    with time_machine.travel(clock.now(), tick=False) as time:
        sign_in(browser, person)
        time.shift(timedelta(minutes=29))
        assert browser.get(ADDRESS).status_code == 200
        time.shift(timedelta(minutes=2))
        assert browser.get(ADDRESS).status_code == 302


EXPORTS = {
    "/transferts/export.csv": {"contenu": "personnes", "region": "28"},
    "/journal/export.csv?acte=changed": {},
}


@pytest.mark.parametrize("path", EXPORTS)
def test_what_takes_personal_data_out_asks_first_and_leads_back(
    make: Builder, browse: Browse, path: str
) -> None:
    browser = stale(browse(make.national_admin()))
    browser.get("/donnees-personnelles")
    page = path.partition("/export.csv")[0]
    sent = {**EXPORTS[path], "csrf_token": browser.token}
    before = db.session.scalars(select(JournalEntry.id)).all()
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{page}?acte=changed"}
    with browser.app.app_context():
        asked = browser.client.post(path, data=sent, headers=headers)
    assert asked.status_code == 401
    proof = forms_of(asked.text)[0]
    answer = browser.post(proof.action, {**proof.data, "password": PASSPHRASE})
    if EXPORTS[path]:
        (again,) = forms_of(answer.text)
        answer = browser.post(again.action, again.data)
        assert '<option selected value="personnes">' in answer.text, "what was chosen is chosen again"
    else:
        assert answer.location == f"{page}?acte=changed"
    assert db.session.scalars(select(JournalEntry.id)).all() == before, "nothing left yet"


@pytest.mark.parametrize("path", EXPORTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_link_takes_personal_data_out(make: Builder, browse: Browse, path: str, method: str) -> None:
    browser = browse(make.national_admin())
    assert browser.client.open(path, method=method).status_code == 405
    assert not db.session.scalars(select(JournalEntry.id)).all()


def test_the_sensitive_doors_are_many() -> None:
    assert {"safety.change_address", "safety.manage_passkeys", "safety.set_up_application"} <= SENSITIVE
