"""A second factor: set up, asked, used once, replaced by codes on paper, removed; guesses are held."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.journal.models import JournalEntry
from portal.safety.models import Authenticator, RecoveryCode
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import (
    SIGN_IN,
    WRONG,
    emails,
    english,
    is_signed_in,
    note_hashes,
    sign_in,
    sign_in_as,
)
from tests.integration.safety.steps import (
    APPLICATION,
    CODES,
    SAFETY,
    SECOND_STEP,
    password_then,
    recovery_codes,
    set_up_application,
)

Browse = Callable[..., Browser]


def test_the_wizard_shows_a_picture_a_key_and_then_ten_codes_once(make: Builder, browse: Browse) -> None:
    browser = english(browse(make.coordinator()))
    page = browser.get(APPLICATION).text
    assert '<svg class="qr-code" role="img"' in page
    _telephone, codes = set_up_application(browser)
    assert len(set(codes)) == 10
    overview = browser.get(SAFETY).text
    assert "10 of 10 are left" in overview
    assert not any(code in overview for code in codes)


def test_the_secret_and_the_codes_are_not_readable_where_they_are_stored(
    make: Builder, browse: Browse
) -> None:
    browser = browse(make.coordinator())
    telephone, codes = set_up_application(browser)
    stored = db.session.scalars(select(Authenticator.secret)).one()
    key = telephone.codes.base32_key
    assert key not in stored
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not {code.replace("-", "") for code in codes} & set(hashes)
    assert {len(one) for one in hashes} == {64}


def test_a_wrong_first_code_sets_nothing_and_keeps_the_same_key(make: Builder, browse: Browse) -> None:
    browser = english(browse(make.coordinator()))
    first = browser.get(APPLICATION).text
    refused = browser.post(APPLICATION, {"code": "000000"})
    assert refused.status_code == 422
    assert "This code is not right" in refused.text
    key = first[first.index('class="secret"') :][:60]
    assert key in refused.text
    assert db.session.scalars(select(Authenticator)).all() == []


def test_signing_in_takes_the_password_then_the_code(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browser = browse()
    asked = sign_in(browser, member.person, next="/mon-compte")
    assert asked.status_code == 200
    assert not is_signed_in(browser)
    assert 'name="next" value="/mon-compte"' in asked.text
    answer = browser.post(SECOND_STEP, {"code": telephone.code(later=30), "next": "/mon-compte"})
    assert (answer.status_code, answer.location) == (302, "/mon-compte")
    assert is_signed_in(browser)


def test_spaces_in_a_code_are_welcome(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    code = telephone.code(later=30)
    assert password_then(browse(), member.person, f" {code[:3]} {code[3:]} ").status_code == 302


def test_a_code_works_once(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    with time_machine.travel(clock.now(), tick=False):
        telephone, _codes = set_up_application(browse(member))
        assert password_then(browse(), member.person, telephone.code()).status_code == 422
        later = telephone.code(later=30)
        assert password_then(browse(), member.person, later).status_code == 302
        again = password_then(english(browse()), member.person, later)
        assert again.status_code == 422
        assert "has been used already" in again.text


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_code_of_another_time_is_refused(make: Builder, browse: Browse, minutes: int) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    code = telephone.code(later=minutes * 60)
    assert password_then(browse(), member.person, code).status_code == 422


def test_a_recovery_code_works_once_and_is_told(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    _telephone, codes = set_up_application(browse(member))
    browser = english(browse())
    assert password_then(browser, member.person, codes[3].upper().replace("-", " ")).status_code == 302
    assert "9 are left" in browser.get("/mon-compte").text
    assert password_then(browse(), member.person, codes[3]).status_code == 422
    told = [email for email in emails() if "recovery" in email.text or "secours" in email.text]
    assert told


def test_new_codes_replace_the_old(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    browser = browse(member)
    _telephone, old = set_up_application(browser)
    new = recovery_codes(browser.post(CODES))
    assert len(new) == 10
    assert not set(old) & set(new)
    assert password_then(browse(), member.person, old[0]).status_code == 422
    assert password_then(browse(), member.person, new[0]).status_code == 302


def test_codes_without_any_factor_are_not_made(make: Builder, browse: Browse) -> None:
    assert browse(make.coordinator()).post(CODES).status_code == 409


def test_the_codes_of_another_open_nothing(make: Builder, browse: Browse) -> None:
    mine, other = make.coordinator(), make.coordinator()
    _telephone, codes = set_up_application(browse(mine))
    set_up_application(browse(other))
    assert password_then(browse(), other.person, codes[0]).status_code == 422


def test_removing_it_asks_for_the_password_alone_again(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    browser = browse(member)
    set_up_application(browser)
    assert browser.post(f"{APPLICATION}/retirer").status_code == 302
    assert sign_in(browse(), member.person).status_code == 302
    assert db.session.scalars(select(RecoveryCode)).all() == []
    assert browser.post(f"{APPLICATION}/retirer").status_code == 409


def test_setting_up_and_removing_end_other_sessions_are_written_and_told(
    make: Builder, browse: Browse
) -> None:
    member = make.coordinator()
    here, there = browse(member), browse(member)
    set_up_application(here)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    here.post(f"{APPLICATION}/retirer")
    acts = [entry.act.value for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert acts == ["second_factor_set", "second_factor_removed"]
    assert [email.kind for email in emails()] == ["safety/protection_changed"] * 2
    assert {email.recipient for email in emails()} == {member.person.email}


def test_guesses_of_codes_are_held_even_with_the_right_password_again(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    with time_machine.travel(clock.now(), tick=False) as time:
        telephone, codes = set_up_application(browse(member))
        browser = english(browse())
        for number in range(5):
            assert password_then(browser, member.person, f"00000{number}").status_code == 422
        for code in (telephone.code(later=30), codes[0]):
            held = password_then(english(browse()), member.person, code)
            assert "Too many attempts. Try again in 1 minute" in held.text
        time.shift(timedelta(seconds=61))
        assert password_then(browser, member.person, telephone.code()).status_code == 302


def test_guesses_of_recovery_codes_are_counted_with_the_others(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browser = english(browse())
    for number in range(5):
        password_then(browser, member.person, f"aaaa-bbbb-ccc{number}")
    assert "Too many attempts" in password_then(browser, member.person, telephone.code(later=30)).text


def test_the_second_step_alone_opens_nothing(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browser = browse()
    answer = browser.post(SECOND_STEP, {"code": telephone.code(later=30)})
    assert (answer.status_code, answer.location) == (302, SIGN_IN)
    assert not is_signed_in(browser)


def test_the_second_step_is_not_waited_for_long(make: Builder, browse: Browse) -> None:
    member, browser = make.coordinator(), browse()
    with time_machine.travel(clock.now(), tick=False) as time:
        telephone, _codes = set_up_application(browse(member))
        sign_in(browser, member.person)
        time.shift(timedelta(minutes=11))
        answer = browser.post(SECOND_STEP, {"code": telephone.code()})
        assert answer.location == SIGN_IN


def test_a_wrong_password_looks_the_same_with_and_without_a_factor(
    make: Builder, browse: Browse, queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_factor, without = make.coordinator(), make.coordinator()
    set_up_application(browse(with_factor))
    hashes = note_hashes(monkeypatch)
    work = []
    for email in (with_factor.person.email, without.person.email, "personne@exemple.test"):
        browser = browse()
        browser.get(SIGN_IN)
        queries.clear()
        hashes.clear()
        answer = browser.post(SIGN_IN, {"email": email, "password": WRONG})
        work.append((answer.status_code, len(queries), len(hashes), len(answer.text) - len(email)))
    assert work[0] == work[1]
    assert work[1][:3] == work[2][:3]


def test_what_was_typed_before_the_session_ended_passes_both_steps(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browser = english(browse())
    kept = {"kept_path": "/demandes/nouvelle?etape=besoin", "kept.need": "Un texte long à ne pas perdre"}
    asked = sign_in_as(browser, member.person.email, PASSPHRASE, **kept)
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in asked.text
    resumed = browser.post(SECOND_STEP, {"code": telephone.code(later=30), **kept})
    assert "Un texte long à ne pas perdre" in resumed.text
    assert "Your text is kept" in resumed.text
    assert is_signed_in(browser)


@pytest.mark.parametrize("target", ["https://mechant.test", "//mechant.test", "/\\mechant.test"])
def test_the_second_step_never_leads_out_of_the_portal(make: Builder, browse: Browse, target: str) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browser = browse()
    sign_in(browser, member.person)
    answer = browser.post(SECOND_STEP, {"code": telephone.code(later=30), "next": target})
    assert answer.location == "/"


@pytest.mark.parametrize("code", ["", " ", "x" * 41, "é\u0660" * 3, "٠١٢٣٤٥", "123456\x00"])
def test_nonsense_is_refused_kindly(make: Builder, browse: Browse, code: str) -> None:
    member = make.coordinator()
    set_up_application(browse(member))
    browser = browse()
    sign_in(browser, member.person)
    assert browser.post(SECOND_STEP, {"code": code}).status_code == 422
