"""An e-mail to an address that somebody else typed repeats nothing that they typed, and nobody gets many."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask, current_app
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from portal import clock
from portal.accounts import rules as accounts_rules
from portal.accounts.models import Membership, Person
from portal.applications import emails as applications
from portal.applications.models import Application
from portal.conversation.guests import service as guests
from portal.conversation.guests.models import Guest
from portal.db import db, transaction
from portal.mailbox import service as mailbox
from portal.notifications.models import OutboxEmail
from portal.notifications.previews import service as previews
from tests.browser import Browser
from tests.builders import Builder
from tests.emails.test_snapshots import KINDS
from tests.integration.applications import steps
from tests.integration.mailbox.steps import INBOX, written
from tests.integration.notifications.conftest import rows
from tests.integration.teams.steps import invite
from tests.integration.transfers.files import import_file

pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]
MARK = "Votre aide de 1500 euros"
VICTIM = "victime@banque.test"
SESSIONS = {
    f"sessions/{what}_participant"
    for what in ("seat", "wait", "offer", "withdraw", "change", "cancel", "tomorrow")
}
"""What a session is called and where it is, which its partner has published; nothing of the pole's."""
STRANGERS = {
    "accounts/invitation",
    "applications/contact_named",
    "applications/draft_expires",
    "applications/infected",
    "applications/link",
    "conversation/guest_infected",
    "conversation/guest_invited",
    "conversation/guest_message",
    "mailbox/stranger",
    "safety/confirm_address",
    *SESSIONS,
}
REFERENCE = re.compile(r"C\d{4}-\d{4}")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_whether_its_reader_is_known(app: Flask, kind: str) -> None:
    """What is written to a stranger holds references, words of the portal and names that a cell keeps alone."""
    with app.app_context():
        _recipient, message = previews.example(kind, "fr")
    assert message.to_stranger == (kind in STRANGERS), "decide who reads this kind, and say so in its message"
    if not message.to_stranger:
        return
    assert (message.quote, message.quoted_by) == (None, None)
    assert message.reply_to is None or message.reply_to[0] == ""
    days_and_numbers = {"until", "expires_on", "on", "sessions", "past"}
    assert set(message.context) <= {"action_label", "why", "organisation", *days_and_numbers}
    organisation = message.context.get("organisation")
    for _label, value in message.facts:
        portals_own = isinstance(value, LazyString | date) or value == organisation
        assert portals_own or REFERENCE.fullmatch(value), value


def said_to_strangers() -> dict[str, OutboxEmail]:
    """The last e-mail of each kind written to an address without an account."""
    known = set(db.session.scalars(select(Person.email)))
    return {one.kind: one for one in rows() if one.recipient not in known}


def test_whatever_is_typed_everywhere_a_stranger_reads_none_of_it(
    make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for values in (steps.PROJECT, steps.ORGANISATIONS, steps.CONTACT, steps.REGISTER):
        for name, value in values.items():
            if isinstance(value, str) and name not in {
                "stage",
                "lead_siret",
                "lead_rna",
                "website",
                "publish",
            }:
                monkeypatch.setitem(values, name, MARK)
    monkeypatch.setitem(steps.CONTACT, "contact_email", VICTIM)
    monkeypatch.setitem(steps.CONTACT, "phone", "")
    visitor = browse(None)
    steps.apply(visitor, email="nour@exemple.test", name=MARK)
    visitor.post("/candidater/lien", {"email": "nour@exemple.test"})
    with transaction():
        application = db.session.scalars(select(Application)).one()
        applications.warn_of_end(application, "x" * 43)
        applications.infected(application, "x" * 43)
    head = make.coordinator()
    call(head, MARK)
    invite(browse(head), head, email="amie@exemple.test", given_name=MARK, family_name=MARK)
    browse(head).post("/mon-compte/securite/adresse", {"email": "autre@exemple.test"})
    ask_to_join(browse(head), make.raw_request(head, need=MARK).reference)
    guest_id = db.session.scalars(select(Guest.id)).one()
    sent = make.document(sent_by_id=None, guest_id=guest_id, name=f"{MARK}.pdf")
    with transaction():
        guests.tell_infected(sent.file, MARK)
    heads = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle")
    admin = make.national_admin()
    call(admin, MARK)
    line = ("camille@exemple.test", MARK, MARK, head.organisation.name, "Membre du PTCE")
    import_file(browse(admin), "personnes", heads, line)
    monkeypatch.setitem(current_app.config, "MAIL_INBOX", INBOX)
    mailbox.receive(
        INBOX, written(f'"{MARK}" <curieuse@ailleurs.test>', MARK).as_bytes(), "curieuse@ailleurs.test"
    )
    found = said_to_strangers()
    assert set(found) >= STRANGERS - SESSIONS, "the journey writes every kind"
    for kind, one in found.items():
        if kind in STRANGERS:
            said = (one.subject, one.text, one.html, one.recipient_name, one.reply_to, one.reply_to_name)
            assert [part for part in said if part and MARK in part] == [], kind
    # Whoever applies has followed their link since: they are known, and so is no one else.
    assert {one.recipient for kind, one in found.items() if kind not in STRANGERS} <= {"nour@exemple.test"}


def ask_to_join(browser: Browser, reference: str) -> None:
    """A guest of one conversation, and a message for them to read."""
    typed = {"name": MARK, "role": MARK, "email": "lise@exemple.test", "until": clock.today().isoformat()}
    path = f"/demandes/{reference}/conversation"
    assert browser.post(f"{path}/invites", {**typed, "language": "fr"}).status_code == 302
    to = f"with-g{db.session.scalars(select(Guest.id)).one()}"
    assert browser.post(path, {"once": "k", "text": MARK, "to": to}).status_code == 302


def call(member: Membership, name: str) -> None:
    with transaction() as session:
        person = session.get(Person, member.person_id)
        assert person is not None
        person.given_name = person.family_name = name


def test_nobody_is_flooded_whoever_asks(make: Builder, browse: Browse) -> None:
    heads = [make.coordinator() for _ in range(accounts_rules.WRITTEN_TO.most + 1)]
    answers = [invite(browse(head), head, email=VICTIM).status_code for head in heads]
    assert answers == [302] * accounts_rules.WRITTEN_TO.most + [422]
    assert sum(one.recipient == VICTIM for one in rows()) == accounts_rules.WRITTEN_TO.most
    steps_before = len(rows())
    with transaction():
        application = Application(reference="C0000-0000", email="a@exemple.test", name=MARK)
        application.id, application.contact_email, application.language = 1, VICTIM, "fr"
        db.session.expunge_all()
        applications.tell_contact(application)
    assert len(rows()) == steps_before
