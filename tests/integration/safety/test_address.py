"""Another e-mail address: confirmed from the new one, stopped from the old one; nobody learns who has an account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.notifications.models import OutboxEmail
from portal.safety import queries
from portal.safety.models import EmailChange
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.accounts.steps import emails, english, is_signed_in, sign_in, sign_in_as
from tests.integration.safety.steps import (
    ADDRESS,
    SAFETY,
    Device,
    add_passkey,
    set_up_application,
    use_passkey,
)

Browse = Callable[..., Browser]
NEW = "nouvelle@exemple.test"


def link(email: OutboxEmail) -> str:
    found = re.search(r"http://portal\.test(/(?:nouvelle|ancienne)-adresse/\S+)", email.text)
    assert found, email.text
    return found.group(1)


def ask(browser: Browser, email: str = NEW) -> None:
    browser.get(ADDRESS)
    answer = browser.post(ADDRESS, {"email": email})
    assert (answer.status_code, answer.location) == (302, SAFETY)


def links() -> tuple[str, str]:
    """To confirm, to stop."""
    to_new, to_old = emails()[-2:]
    return link(to_new), link(to_old)


def press(browser: Browser, path: str) -> str:
    browser.get(path)
    answer = browser.post(path)
    assert answer.status_code == 302
    location: str = answer.location
    return location


def test_the_new_address_is_used_once_its_link_is_opened(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    old = member.person.email
    browser, elsewhere = english(browse(member)), browse(member)
    ask(browser, "  Nouvelle@Exemple.TEST ")
    assert [(email.kind, email.recipient) for email in emails()] == [
        ("safety/confirm_address", NEW),
        ("safety/address_change_asked", old),
    ]
    assert all(email.confidential for email in emails())
    assert member.person.email == old, "nothing changes before"
    confirm, _stop = links()
    assert NEW in browser.get(confirm).text
    assert member.person.email == old, "opening the page changes nothing either: mail programs do it"
    assert press(browser, confirm) == "/"
    assert member.person.email == NEW
    assert member.person.confirmed_at is not None
    assert is_signed_in(browser)
    assert not is_signed_in(elsewhere)
    assert sign_in(browse(), member.person).status_code == 302
    told = emails()[-1]
    assert (told.kind, told.recipient) == ("safety/address_changed", old)
    [entry] = db.session.scalars(select(JournalEntry)).all()
    assert (entry.act.value, entry.changes) == ("email_changed", {"email": [old, NEW]})


def test_pages_behind_links_are_kept_by_nobody(make: Builder, browse: Browse) -> None:
    ask(browse(make.coordinator()))
    for path in links():
        headers = browse().get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"


def test_links_work_once_and_for_a_day(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    ask(browse(member))
    confirm, _stop = links()
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1), tick=False):
        assert browse().get(confirm).location == "/connexion"
    visitor = browse()
    press(visitor, confirm)
    assert visitor.get(confirm).location == "/connexion"
    assert visitor.post(confirm).location == "/connexion"


@pytest.mark.parametrize("token", ["x", "nouvelle", "a" * 43, "é"])
def test_links_cannot_be_guessed_or_exchanged(make: Builder, browse: Browse, token: str) -> None:
    ask(browse(make.coordinator()))
    confirm, stop = links()
    assert browse().get(f"/nouvelle-adresse/{token}").status_code == 302
    assert browse().get(f"/ancienne-adresse/{token}").status_code == 302
    assert browse().get(confirm.replace("nouvelle", "ancienne")).status_code == 302
    assert browse().get(stop.replace("ancienne", "nouvelle")).status_code == 302
    stored = db.session.scalars(select(EmailChange)).one()
    assert stored.confirm_hash not in confirm
    assert len(confirm.rsplit("/", 1)[1]) >= 43


def test_the_answer_is_the_same_where_the_address_has_an_account(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    taken = make.coordinator().person
    pages, work = [], []
    for email in (NEW, taken.email):
        browser = english(browse(make.coordinator()))
        browser.get(ADDRESS)
        queries.clear()
        browser.post(ADDRESS, {"email": email})
        work.append([query.split()[0] for query in queries])
        page = browser.get(SAFETY).text.replace(email, "…")
        pages.append(re.search(r"A message is on its way to …[^<]+", page).group(0))
    assert pages[0] == pages[1]
    assert work[0] == work[1]
    assert [email.kind for email in emails() if email.recipient == taken.email] == ["safety/address_taken"]


def test_the_owner_of_a_taken_address_gets_no_link(make: Builder, browse: Browse) -> None:
    taken = make.coordinator().person
    ask(browse(make.coordinator()), taken.email)
    told = next(email for email in emails() if email.recipient == taken.email)
    assert "adresse/" not in told.text


def test_an_address_taken_meanwhile_is_not_taken_over(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    before = member.person.email
    ask(browse(member))
    confirm, _stop = links()
    make.person(email=NEW)
    assert press(browse(), confirm) == "/connexion"
    assert member.person.email == before


def test_two_changes_asked_only_one_is_made(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    browser = browse(member)
    ask(browser, "une@exemple.test")
    first, _ = links()
    ask(browser, "deux@exemple.test")
    second, _ = links()
    press(browser, second)
    assert press(browse(), first) == "/connexion"
    assert member.person.email == "deux@exemple.test"


def test_the_old_address_stops_it_before(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    old, thief = member.person.email, browse(member)
    ask(thief)
    confirm, stop = links()
    assert press(browse(), stop) == "/mot-de-passe-oublie"
    assert not is_signed_in(thief)
    assert browse().get(confirm).location == "/connexion"
    assert member.person.email == old


def test_the_old_address_takes_it_back_after(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    old, thief = member.person.email, browse(member)
    ask(thief)
    confirm, stop = links()
    press(thief, confirm)
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        assert press(browse(), stop) == "/mot-de-passe-oublie"
    assert member.person.email == old
    assert not is_signed_in(thief)
    assert browse().get(stop).location == "/connexion", "once"


def test_a_second_change_does_not_keep_the_account(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    old, thief = member.person.email, browse(member)
    ask(thief)
    confirm, stop = links()
    press(thief, confirm)
    ask(thief, "encore@exemple.test")
    again, stop_again = links()
    press(thief, again)
    assert member.person.email == "encore@exemple.test"
    assert press(browse(), stop) == "/mot-de-passe-oublie"
    assert member.person.email == old
    assert browse().get(stop_again).location == "/connexion", "that link went to the thief"


def test_what_the_thief_set_up_goes_and_what_the_owner_had_stays(make: Builder, browse: Browse) -> None:
    member, mine, stolen = make.coordinator(), Device(), Device(credential_id=b"another device, of a thief")
    with time_machine.travel(days_ago(1), tick=False):
        add_passkey(browse(member), mine, "À moi")
    thief = browse(member)
    ask(thief)
    _confirm, stop = links()
    add_passkey(thief, stolen, "À un voleur")
    set_up_application(thief)
    assert press(browse(), stop) == "/mot-de-passe-oublie"
    assert use_passkey(browse(), stolen).status_code == 422
    assert use_passkey(browse(), mine).status_code == 302
    assert queries.authenticator(member.person_id) is None
    assert queries.recovery_codes_left(member.person_id) == 10, "for the passkey that stays"
    told = " ".join(one.text for one in emails())
    assert "À un voleur" in told


def test_after_a_week_it_is_too_late(make: Builder, browse: Browse) -> None:
    ask(browse(make.coordinator()))
    _confirm, stop = links()
    with time_machine.travel(
        clock.end_of(clock.today() + timedelta(days=7)) + timedelta(minutes=1), tick=False
    ):
        assert browse().get(stop).location == "/connexion"


def test_reset_links_sent_to_the_old_address_are_dead(make: Builder, browse: Browse, app) -> None:
    member = make.coordinator()
    with app.test_request_context():
        reset = generate_reset_password_token(member.person)
    browser = browse(member)
    ask(browser)
    press(browser, links()[0])
    assert browse().get(f"/mot-de-passe-oublie/{reset}").status_code == 302
    assert sign_in_as(browse(), emails()[1].recipient).status_code == 422


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@c.fr", "zoé@b.fr", "x" * 250 + "@b.fr"])
def test_what_is_wrong_is_said(make: Builder, browse: Browse, email: str) -> None:
    browser = browse(make.coordinator())
    browser.get(ADDRESS)
    assert browser.post(ADDRESS, {"email": email}).status_code == 422
    assert not emails()


def test_ones_own_address_is_no_change(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    browser = english(browse(member))
    browser.get(ADDRESS)
    assert "This is your present address" in browser.post(ADDRESS, {"email": member.person.email}).text


def test_nobody_is_flooded(make: Builder, browse: Browse) -> None:
    browser = english(browse(make.coordinator()))
    for _ in range(3):
        ask(browser)
    refused = browser.post(ADDRESS, {"email": NEW})
    assert "Too many links" in refused.text
    assert len(emails()) == 6


def test_a_closed_account_is_not_changed(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    ask(browse(member))
    confirm, stop = links()
    with transaction():
        member.person.active = False
    assert browse().get(confirm).status_code == 302
    assert browse().get(stop).status_code == 302
