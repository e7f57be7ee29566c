"""Somebody without an account, asked to join one conversation: what they see, what they may do, how it ends."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts import rules as account_rules
from portal.accounts.models import Membership
from portal.conversation.guests import rules
from portal.conversation.guests import service as guests
from portal.conversation.guests.models import Guest, GuestLink
from portal.conversation.models import Message
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.personal_data import jobs
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, mails_with, messages, say, send, shown

LINK = re.compile(r"http://portal\.test(/conversation/[\w-]+)")
EMAIL = "lise@exemple.test"


def fields(**changes: str) -> dict[str, str]:
    until = (clock.today() + timedelta(days=10)).isoformat()
    typed = {"name": "Lise <b>Marchand", "role": "experte", "email": EMAIL, "until": until, "language": "fr"}
    return {**typed, **changes}


def invite(browser: Any, scene: Scene, **changes: str) -> int:
    return browser.post(f"{scene.path}/conversation/invites", fields(**changes)).status_code


def last_email() -> OutboxEmail:
    statement = select(OutboxEmail).where(OutboxEmail.recipient == EMAIL).order_by(OutboxEmail.id.desc())
    return db.session.scalars(statement).first()


def last_link() -> str:
    found = LINK.search(last_email().text)
    assert found
    return found.group(1)


def write(browser: Any, path: str, text: str, once: str = "a-key") -> int:
    return browser.post(path, {"once": once, "text": text}).status_code


@pytest.fixture
def guest(app: Flask, scene: Scene, browse) -> Any:
    """Whoever opens the link that the pole had sent, with its path."""
    assert invite(browse(scene.world.coordinator), scene) == 302
    return browse(None), last_link()


def test_a_guest_reads_what_is_written_from_then_on_and_writes(scene: Scene, browse) -> None:
    everybody = scene.with_(scene.assignment, scene.beside)
    say(scene.world.coordinator, scene, "avant l’invitation", everybody)
    assert invite(browse(scene.world.coordinator), scene) == 302
    number = db.session.scalars(select(Guest.id)).one()
    say(scene.world.coordinator, scene, "pour toutes", f"{everybody}-g{number}")
    say(scene.world.practitioner, scene, "une note", "note")
    visitor, path = browse(None), last_link()
    page = shown_at(visitor, path)
    assert scene.request.need in page
    assert "pour toutes" in page
    assert "avant l’invitation" not in page
    assert "une note" not in page
    assert write(visitor, path, "Je regarde les comptes.") == 302
    assert "Je regarde les comptes." in shown_at(visitor, path)
    for name in scene.people:
        assert "Je regarde les comptes." in shown(browse(scene.people[name]), scene), name
    assert scene.world.coordinator.person.email in mails_with("Je regarde les comptes.")


def shown_at(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_who_invites_is_led_to_a_page_that_keeps_what_was_typed(scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    path = f"{scene.path}/conversation/invites"
    assert f'href="{path}"' in shown(browser, scene)
    assert shown_at(browser, path).count("<form") > shown_at(browse(None), "/").count("<form")
    refused = browser.post(path, fields(email="personne"))
    assert refused.status_code == 422
    assert "Lise &lt;b&gt;Marchand" in refused.text
    assert db.session.scalars(select(Guest.id)).all() == []


def test_who_takes_no_part_is_not_shown_how_to_invite(make, scene: Scene, browse) -> None:
    browser = browse(scene.world.coordinator)
    draft = make.raw_request(scene.world.coordinator, RequestState.DRAFT)
    assert (
        f"/demandes/{draft.reference}/conversation/invites"
        not in browser.get(f"/demandes/{draft.reference}").text
    )
    assert browser.get(f"/demandes/{draft.reference}/conversation/invites").status_code == 409


def test_a_guest_of_a_partner_hears_the_partner_alone(scene: Scene, browse) -> None:
    assert invite(browse(scene.world.practitioner), scene) == 302
    number = db.session.scalars(select(Guest.id)).one()
    assert "Lise <b>Marchand" not in shown(browse(scene.other), scene)
    other = scene.with_(scene.beside)
    say(scene.world.coordinator, scene, "à l’autre", other)
    say(scene.world.coordinator, scene, "à elle aussi", f"{scene.with_(scene.assignment)}-g{number}")
    visitor, path = browse(None), last_link()
    page = shown_at(visitor, path)
    assert "à elle aussi" in page
    assert "à l’autre" not in page
    write(visitor, path, "Bonjour à eux")
    assert "Bonjour à eux" not in shown(browse(scene.other), scene)
    assert "Bonjour à eux" in shown(browse(scene.world.manager), scene)


@pytest.mark.parametrize("name", ["pole colleague", "partner", "partner colleague", "cell", "national"])
def test_who_invited_a_guest_is_told_what_they_write(name: str, scene: Scene, browse) -> None:
    """Also where nobody else of their side would be: a colleague of the referent, a cell that only looked."""
    inviter = scene.people[name]
    assert invite(browse(inviter), scene) == 302
    assert write(browse(None), last_link(), "Je regarde les comptes.") == 302
    told = mails_with("Je regarde les comptes.")
    assert inviter.person.email in told
    assert scene.request.subject in unescape(browse(inviter).get("/").text)
    others = [scene.people[other].person.email for other in ("cell", "national", "partner colleague")]
    assert not told.intersection(others) - {inviter.person.email}


def test_a_guest_whose_inviter_left_writes_to_the_others(make: Builder, scene: Scene, browse) -> None:
    colleague = make.national_admin()
    assert invite(browse(colleague), scene) == 302
    with transaction() as session:
        session.get_one(Membership, colleague.id).ended_at = clock.now()
    assert write(browse(None), last_link(), "Je regarde les comptes.") == 302
    assert colleague.person.email not in mails_with("Je regarde les comptes.")
    assert scene.world.coordinator.person.email in mails_with("Je regarde les comptes.")


@pytest.mark.parametrize(("region", "department"), [("02", "972"), ("04", "974"), ("28", None)])
def test_the_last_day_of_a_guest_is_that_of_the_pole(
    region: str, department: str | None, make: Builder, scene: Scene, browse
) -> None:
    """Asked for on the form, and said by each e-mail and on each page: midnight overseas is another day in Paris."""
    pole = make.pole(region_code=region, department_code=department)
    with transaction() as session:
        session.get_one(SupportRequest, scene.request.id).pole_id = pole.id
    last = clock.today(department) + timedelta(days=10)
    number = f"{last.day}er" if last.day == 1 else str(last.day)
    assert invite(browse(scene.world.cell), scene, until=last.isoformat()) == 302
    with transaction():
        guests.tell(db.session.scalars(select(Guest.id)), scene.request.id)
    mails = db.session.scalars(select(OutboxEmail.text).where(OutboxEmail.recipient == EMAIL)).all()
    assert len(mails) == 2
    said = [*mails, shown_at(browse(None), last_link()), shown(browse(scene.world.national), scene)]
    until = [re.findall(r"jusqu’au\W+(?:[a-z]+ )?(\w+) ", unescape(each)) for each in said]
    assert [days and set(days) for days in until] == [{number}] * 4, until


def test_who_reads_is_said_before_and_a_guest_come_meanwhile_reads_nothing_unsaid(
    scene: Scene, browse
) -> None:
    browser = browse(scene.world.coordinator)
    drawn_before = scene.with_(scene.assignment, scene.beside)
    invite(browse(scene.world.colleague), scene)
    assert send(browser, scene, "Entre nous", drawn_before).status_code == 422
    assert messages() == []
    assert "Lise <b>Marchand" in shown(browser, scene)


def test_the_email_repeats_nothing_that_was_typed_and_the_link_is_kept_nowhere(
    guest, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    email = last_email()
    assert "Marchand" not in f"{email.subject} {email.text} {email.html} {email.recipient_name}"
    assert scene.request.subject not in f"{email.subject} {email.text}"
    assert email.confidential
    token = last_link().rpartition("/")[2]
    assert token not in str(db.session.execute(select(GuestLink.token_hash)).all())
    visitor, path = guest
    visitor.get(path)
    assert token not in caplog.text


def test_each_message_brings_a_link_of_its_own_and_all_work_until_the_end(
    guest, scene: Scene, browse
) -> None:
    number = db.session.scalars(select(Guest.id)).one()
    first = last_link()
    say(
        scene.world.coordinator,
        scene,
        "Lisez donc",
        f"{scene.with_(scene.assignment, scene.beside)}-g{number}",
    )
    assert last_email().kind == "conversation/guest_message"
    assert "Lisez donc" not in f"{last_email().text} {last_email().html}"
    assert last_link() != first
    visitor, _path = guest
    assert {visitor.get(one).status_code for one in (first, last_link())} == {200}


def close_day(_scene: Scene, _browse: Any) -> None:
    with transaction() as session:
        session.execute(_guests().values(expires_at=clock.now() - timedelta(seconds=1)))


def close_by_hand(scene: Scene, browse: Any) -> None:
    number = db.session.scalars(select(Guest.id)).one()
    answer = browse(scene.world.colleague).post(f"{scene.path}/conversation/invites/{number}/fin")
    assert answer.status_code == 302


def close_host(scene: Scene, _browse: Any) -> None:
    with transaction() as session:
        scene.world.coordinator.organisation.active = False
        session.add(scene.world.coordinator.organisation)


def anonymise(scene: Scene, _browse: Any) -> None:
    with transaction() as session:
        scene.request.anonymised_at = clock.now()
        session.add(scene.request)


def _guests() -> Any:
    return update(Guest).execution_options(synchronize_session=False)


@pytest.mark.parametrize("close", [close_day, close_by_hand, close_host, anonymise])
def test_it_ends(guest, scene: Scene, browse, close: Any) -> None:
    visitor, path = guest
    close(scene, browse)
    assert visitor.get(path).status_code == 404
    assert write(visitor, path, "Encore un mot") == 404
    assert messages() == []


def test_the_guest_of_a_partner_leaves_with_it(scene: Scene, browse) -> None:
    invite(browse(scene.world.practitioner), scene)
    visitor, path = browse(None), last_link()
    with transaction() as session:
        scene.assignment.state = AssignmentState.HANDED_BACK
        session.add(scene.assignment)
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/conversation/inconnu", f"/conversation/{'x' * 43}"])
def test_an_unknown_link_opens_nothing_and_is_answered_like_a_dead_one(browse, path: str) -> None:
    assert browse(None).get(path).status_code == 404


def test_a_guest_opens_nothing_else(guest, scene: Scene) -> None:
    visitor, path = guest
    visitor.get(path)
    for other in (scene.path, f"{scene.path}/conversation", "/demandes", "/mon-compte"):
        answer = visitor.get(other)
        assert answer.status_code == 302
        assert "/connexion" in answer.location


def test_who_invited_and_a_cell_end_it_and_nobody_else(guest, scene: Scene, browse) -> None:
    number = db.session.scalars(select(Guest.id)).one()
    path = f"{scene.path}/conversation/invites/{number}/fin"
    for name, status in [("partner", 404), ("other partner", 404), ("cell", 302)]:
        assert browse(scene.people[name]).post(path).status_code == status, name


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "pas une adresse"},
        {"name": ""},
        {"role": " "},
        {"until": "2020-01-01"},
        {"until": "2099-01-01"},
        {"until": ""},
    ],
)
def test_what_is_typed_wrong_is_said_and_nobody_is_written_to(
    scene: Scene, browse, changes: dict[str, str]
) -> None:
    browser = browse(scene.world.coordinator)
    assert invite(browser, scene, **changes) == 422
    assert db.session.scalar(select(func.count()).select_from(Guest)) == 0
    assert db.session.scalar(select(func.count()).select_from(OutboxEmail)) == 0


def test_nobody_is_flooded(scene: Scene, browse, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browse(scene.world.coordinator)
    assert invite(browser, scene) == 302
    assert invite(browser, scene) == 422, "already there"
    monkeypatch.setattr(rules, "MOST", 2)
    assert invite(browser, scene, email="autre@exemple.test") == 302
    assert invite(browser, scene, email="encore@exemple.test") == 422
    ids = sorted(db.session.scalars(select(Guest.id)))
    to = "-".join([scene.with_(scene.assignment, scene.beside), *(f"g{one}" for one in ids)])
    for count in range(account_rules.WRITTEN_TO.most + 2):
        say(scene.world.coordinator, scene, f"mot {count}", to)
    sent = select(func.count()).select_from(OutboxEmail).where(OutboxEmail.recipient == EMAIL)
    assert db.session.scalar(sent) == account_rules.WRITTEN_TO.most


def test_a_guest_writes_no_more_than_enough_and_the_same_form_once(
    guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        account_rules, "GUEST_MESSAGES", replace(account_rules.GUEST_MESSAGES, free=2, most=2)
    )
    visitor, path = guest
    assert [write(visitor, path, "Un", "k1"), write(visitor, path, "Un", "k1")] == [302, 302]
    assert write(visitor, path, "Deux", "k2") == 302
    assert write(visitor, path, "Trois", "k3") == 422
    assert [one.text for one in messages()] == ["Un", "Deux"]


def test_opening_the_link_changes_nothing(guest, scene: Scene, queries: list[str]) -> None:
    visitor, path = guest
    queries.clear()
    visitor.get(path)
    assert not [one for one in queries if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(queries) <= 4


def test_the_address_is_forgotten_a_month_after_the_end(guest, scene: Scene) -> None:
    job = next(one for one in jobs.JOBS if one.name == "forget addresses of guests")
    assert job.due(0, 10) == []
    with clock.travelling_to(clock.now() + timedelta(days=10) + rules.ADDRESS_KEPT + timedelta(days=2)):
        due = job.due(0, 10)
        with transaction():
            assert job.do(due) == 1
    assert db.session.scalars(select(Guest.email)).all() == [""]
    assert db.session.scalars(select(GuestLink.id)).all() == []
    assert db.session.scalars(select(Message.id)).all() == []
