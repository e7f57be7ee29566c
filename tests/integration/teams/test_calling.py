"""E-mails about somebody's account, files and answers say whom to call too, where that somebody is of a pole."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import emails as accounts
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.documents import emails as documents
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.mailbox import emails as mailbox
from portal.mailbox.rules import Why
from portal.notifications.models import OutboxEmail
from portal.people import emails as people
from portal.people.models import Viewing
from portal.safety import emails as safety
from portal.safety.words import Protection
from portal.teams import emails as teams
from tests.builders import Builder

PHONE = "02 35 00 00 09"
Told = Callable[[Person], None]


def _viewed(to: Person) -> None:
    actor = Actor(1, "Inès Caron", "ines@exemple.test", 1, Role.NATIONAL_ADMIN, 1, "Cellule nationale")
    people.viewed(to, actor, Viewing(reason="Vos demandes", started_at=clock.now()))


def _infected(to: Person) -> None:
    document = Document(file=StoredFile(name="facture.pdf"), sent_at=clock.now())
    documents.infected(to, document, "Win.Test")


TOLD: dict[str, Told] = {
    "accounts/password_changed": lambda to: accounts.password_changed(to),
    "safety/new_sign_in": lambda to: safety.new_sign_in(to, "Firefox", "Windows", "192.0.2.7"),
    "safety/protection_changed": lambda to: safety.protection_changed(to, Protection.PASSKEY_ADDED),
    "safety/address_change_asked": lambda to: safety.address_change_asked(to, "a@exemple.test", "x"),
    "safety/address_changed": lambda to: safety.address_changed(to, "a@exemple.test"),
    "teams/account_idle": lambda to: teams.account_idle(to, date(2026, 3, 4)),
    "people/viewed": _viewed,
    "documents/infected": _infected,
    "mailbox/is_this_you": lambda to: mailbox.is_this_you(to, 1, "a@exemple.test"),
    "mailbox/not_taken": lambda to: mailbox.not_taken(to, Why.NOT_NOW, "key", "Oui."),
    "mailbox/documents_not_taken": lambda to: mailbox.documents_not_taken(to, [("a.exe", None)], "key"),
}


@pytest.fixture
def cell(make: Builder) -> Membership:
    cell = make.regional_admin()
    with transaction() as session:
        session.merge(cell.person).phone = PHONE
    return cell


def text_of(kind: str, to: Membership) -> str:
    with transaction():
        TOLD[kind](db.session.get_one(Person, to.person_id))
    [row] = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == kind))
    return row.text


@pytest.mark.parametrize("kind", TOLD)
def test_somebody_of_a_pole_reads_whom_to_call(kind: str, make: Builder, cell: Membership) -> None:
    assert f"{cell.person.name}, {PHONE}" in text_of(kind, make.coordinator())


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.usefixtures("cell")
def test_somebody_of_a_partner_reads_nobody(kind: str, make: Builder) -> None:
    assert PHONE not in text_of(kind, make.practitioner())
