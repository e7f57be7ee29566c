"""Passkeys: made, named, used as the only step, as the second step and to prove again; forged and replayed ones open
nothing."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.safety.models import Passkey
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import SIGN_IN, emails, english, is_signed_in, sign_in
from tests.integration.safety.steps import (
    ADDRESS,
    PASSKEYS,
    SAFETY,
    SECOND_STEP,
    VERIFY,
    Device,
    add_passkey,
    question_in,
    recovery_codes,
    stale,
    use_passkey,
)

Browse = Callable[..., Browser]


def test_a_passkey_is_made_and_signs_in_alone(make: Builder, browse: Browse) -> None:
    member, device = make.coordinator(), Device()
    made = add_passkey(browse(member), device)
    assert len(recovery_codes(made)) == 10
    browser = browse()
    answer = use_passkey(browser, device, SIGN_IN, next="/mon-compte")
    assert (answer.status_code, answer.location) == (302, "/mon-compte")
    assert member.organisation.name in browser.get("/mon-compte").text
    with browser.client.session_transaction() as session:
        assert session["two_factors"]


def test_it_has_a_name_and_a_last_use(make: Builder, browse: Browse) -> None:
    member, device = make.coordinator(), Device()
    browser = english(browse(member))
    add_passkey(browser, device, "Clé bleue")
    assert "Never used yet" in browser.get(PASSKEYS).text
    use_passkey(browse(), device)
    page = browser.get(PASSKEYS).text
    assert "Clé bleue" in page
    assert "Last used on" in page
    assert "1 passkey" in browser.get(SAFETY).text


def test_it_is_asked_after_the_password(make: Builder, browse: Browse) -> None:
    member, device = make.coordinator(), Device()
    add_passkey(browse(member), device)
    browser = browse()
    asked = sign_in(browser, member.person, next="/mon-compte")
    question = question_in(asked.text)
    assert [one["id"] for one in question["allowCredentials"]]
    answer = browser.post(SECOND_STEP, {"credential": device.sign(question), "next": "/mon-compte"})
    assert (answer.status_code, answer.location) == (302, "/mon-compte")
    assert is_signed_in(browser)


def test_it_proves_again_who_one_is(make: Builder, browse: Browse) -> None:
    device = Device()
    browser = browse(make.coordinator())
    add_passkey(browser, device)
    stale(browser)
    answer = use_passkey(browser, device, VERIFY, next=ADDRESS)
    assert answer.location == ADDRESS
    assert browser.get(ADDRESS).status_code == 200


def test_the_passkey_of_another_is_no_second_step_and_no_proof(make: Builder, browse: Browse) -> None:
    mine, other = make.coordinator(), make.coordinator()
    my_key, other_key = Device(), Device(credential_id=b"a key of somebody else")
    browser = browse(mine)
    add_passkey(browser, my_key)
    add_passkey(browse(other), other_key)
    thief = browse()
    question = question_in(sign_in(thief, mine.person).text)
    assert thief.post(SECOND_STEP, {"credential": other_key.sign(question)}).status_code == 422
    assert not is_signed_in(thief)
    stale(browser)
    assert use_passkey(browser, other_key, VERIFY).status_code == 422


def test_the_question_names_nobody(make: Builder, browse: Browse) -> None:
    add_passkey(browse(make.coordinator()), Device())
    question = question_in(browse().get(SIGN_IN).text)
    assert question.pop("challenge")
    assert question == {
        "timeout": 60000,
        "rpId": "portal.test",
        "allowCredentials": [],
        "userVerification": "required",
    }


def test_an_answer_works_once_even_with_the_cookie_of_that_time(
    app: Flask, make: Builder, browse: Browse
) -> None:
    device = Device()
    add_passkey(browse(make.coordinator()), device)
    browser, thief = browse(), browse()
    answer = device.sign(question_in(browser.get(SIGN_IN).text))
    with browser.client.session_transaction() as session:
        cookie = dict(session)
    with transaction():
        db.session.scalars(select(Passkey)).one().sign_count = 0
    assert browser.post(SIGN_IN, {"credential": answer}).status_code == 302
    with transaction():
        db.session.scalars(select(Passkey)).one().sign_count = 0  # as those that count nothing
    with thief.client.session_transaction() as session:
        session.update(cookie)
    thief.token = browser.token
    assert thief.post(SIGN_IN, {"credential": answer}).status_code in {302, 422}
    assert not is_signed_in(thief)


def test_a_challenge_is_of_this_session_and_grows_old(make: Builder, browse: Browse) -> None:
    device = Device()
    add_passkey(browse(make.coordinator()), device)
    elsewhere = question_in(browse().get(SIGN_IN).text)
    browser = english(browse())
    browser.get(SIGN_IN)
    refused = browser.post(SIGN_IN, {"credential": device.sign(elsewhere)})
    assert refused.status_code == 422
    assert "This passkey was not recognised" in refused.text
    with time_machine.travel(clock.now(), tick=False) as time:
        question = question_in(browser.get(SIGN_IN).text)
        time.shift(timedelta(minutes=11))
        assert browser.post(SIGN_IN, {"credential": device.sign(question)}).status_code == 422


@pytest.mark.parametrize("forged", ["origin", "site", "owner", "signature", "key", "counter"])
def test_a_forged_answer_opens_nothing(make: Builder, browse: Browse, forged: str) -> None:
    device = Device()
    add_passkey(browse(make.coordinator()), device)
    use_passkey(browse(), device)
    browser = browse()
    question = question_in(browser.get(SIGN_IN).text)
    if forged == "origin":
        device.origin = "https://mechant.test"
    if forged == "site":
        question["rpId"] = "mechant.test"
    if forged == "owner":
        device.verifies = False
    if forged == "key":
        device.key = Device().key
    if forged == "counter":
        device.count = 0
    answer = json.loads(device.sign(question))
    if forged == "signature":
        answer["response"]["signature"] = answer["response"]["signature"][:-6] + "AAAAAA"
    assert browser.post(SIGN_IN, {"credential": json.dumps(answer)}).status_code == 422
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "typed",
    [
        "x",
        "[]",
        "7",
        "null",
        "{}",
        '{"id": 3}',
        '{"id": "a", "response": {"clientDataJSON": "e30"}}',
        "{" * 30000,
    ],
)
def test_nonsense_is_refused_kindly(make: Builder, browse: Browse, typed: str) -> None:
    browser = browse()
    browser.get(SIGN_IN)
    assert browser.post(SIGN_IN, {"credential": typed}).status_code == 422
    signed_in = browse(make.coordinator())
    signed_in.get(PASSKEYS)
    assert signed_in.post(PASSKEYS, {"name": "x", "credential": typed}).status_code == 422


def test_without_an_answer_or_a_name_nothing_is_made(make: Builder, browse: Browse) -> None:
    browser = english(browse(make.coordinator()))
    browser.get(PASSKEYS)
    refused = browser.post(PASSKEYS, {"name": "", "credential": ""})
    assert "Give this passkey a name." in refused.text
    assert browser.post(PASSKEYS, {"name": "Clé", "credential": ""}).status_code == 422
    assert db.session.scalars(select(Passkey)).all() == []


def test_two_have_two_names(make: Builder, browse: Browse) -> None:
    browser = english(browse(make.coordinator()))
    add_passkey(browser, Device(), "Clé")
    refused = add_passkey(browser, Device(credential_id=b"another"), "Clé")
    assert "already have a passkey of this name" in refused.text
    assert add_passkey(browser, Device(credential_id=b"another"), "Autre").status_code == 302
    handles = db.session.scalars(select(Passkey.user_handle)).all()
    assert len(handles) == 2
    assert len(set(handles)) == 1


def test_a_device_is_not_kept_twice(make: Builder, browse: Browse) -> None:
    device = Device()
    add_passkey(browse(make.coordinator()), device)
    assert add_passkey(browse(make.coordinator()), device).status_code == 422


def test_a_removed_passkey_opens_nothing(make: Builder, browse: Browse) -> None:
    member, device = make.coordinator(), Device()
    browser = browse(member)
    add_passkey(browser, device)
    key = db.session.scalars(select(Passkey)).one()
    assert browse(make.coordinator()).post(f"{PASSKEYS}/{key.id}/retirer").status_code == 404
    assert browser.post(f"{PASSKEYS}/{key.id}/retirer").status_code == 302
    assert use_passkey(browse(), device).status_code == 422
    assert sign_in(browse(), member.person).status_code == 302, "the password alone is enough again"
    acts = [entry.act.value for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert acts == ["passkey_added", "passkey_removed"]
    assert [email.kind for email in emails()][:2] == ["safety/protection_changed"] * 2


def test_a_closed_account_is_not_opened(make: Builder, browse: Browse) -> None:
    member, device = make.coordinator(), Device()
    add_passkey(browse(member), device)
    with transaction():
        member.person.active = False
    assert use_passkey(browse(), device).status_code == 422


def test_a_portal_whose_address_is_in_figures_offers_none(
    app: Flask, make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PORTAL_URL", "http://127.0.0.1:8000")
    assert "data-passkey" not in browse().get(SIGN_IN).text
    assert "data-passkey" not in browse(make.coordinator()).get(PASSKEYS).text
