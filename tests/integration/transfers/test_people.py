"""Imports of people: an invitation or another role, never an account with a password, and nobody removed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership, Person
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.notifications.models import OutboxEmail
from portal.transfers import service
from tests.builders import Builder
from tests.integration.transfers.files import PEOPLE_HEADS as HEADS
from tests.integration.transfers.files import apply, import_file, look, seen, text_of


def emails() -> list[str]:
    return list(db.session.scalars(select(OutboxEmail.recipient).order_by(OutboxEmail.id)))


def role_of(membership: Membership) -> tuple[Role, bool]:
    statement = select(Membership).where(Membership.id == membership.id)
    found = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    return found.role, found.ended_at is None


def test_who_has_no_account_is_invited_once(make: Builder, browse) -> None:
    make.pole(name="Pôle du Lin")
    browser = browse(make.national_admin())
    line = ("Zoe@Exemple.FR", "Zoé", "Petit", "pole du lin", "Coordination du PTCE")
    before = db.session.scalar(select(func.count()).select_from(Person))
    _address, page = look(browser, "personnes", text_of(HEADS, line))
    assert "1 personne recevra une invitation" in page
    assert emails() == []
    import_file(browser, "personnes", HEADS, line)
    assert emails() == ["zoe@exemple.fr"]
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.role, invitation.name) == (Role.COORDINATOR, "Zoé Petit")
    assert db.session.scalar(select(func.count()).select_from(Person)) == before, "no account is made"
    _address, page = look(browser, "personnes", text_of(HEADS, line))
    assert "Le fichier ne change rien" in page
    assert len(emails()) == 1


def test_an_invitation_grown_too_old_is_sent_again(make: Builder, browse) -> None:
    make.pole(name="Pôle du Lin")
    admin = make.national_admin()
    rows = (HEADS, ("zoe@exemple.fr", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE"))
    import_file(browse(admin), "personnes", *rows)
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        import_file(browse(admin), "personnes", *rows)
    assert len(emails()) == 2
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_a_member_changes_role_and_keeps_what_they_say_of_themselves(make: Builder, browse) -> None:
    pole = make.pole(name="Pôle du Lin")
    make.coordinator(pole)
    member = make.member(pole, Role.MEMBER)
    other = make.member(pole, Role.MEMBER)
    browser = browse(make.national_admin())
    import_file(
        browser,
        "personnes",
        (*HEADS, "Téléphone", "Langue"),
        (member.person.email, "Autre", "Nom", "Pôle du Lin", "coordination du ptce", "0102030405", "en"),
    )
    assert role_of(member) == (Role.COORDINATOR, True)
    assert role_of(other) == (Role.MEMBER, True), "who is not in the file stays"
    person = db.session.scalars(
        select(Person).where(Person.id == member.person_id).execution_options(populate_existing=True)
    ).one()
    assert (person.given_name, person.phone, person.language) == ("Zoé", None, "fr")
    (entry,) = db.session.scalars(select(JournalEntry).where(JournalEntry.act == Act.ROLE_CHANGED))
    assert entry.changes["role"] == ["member", "coordinator"]


def test_who_has_an_account_is_invited_to_another_organisation(make: Builder, browse) -> None:
    person = make.coordinator().person
    make.partner(name="Agence")
    browser = browse(make.national_admin())
    import_file(browser, "personnes", HEADS, (person.email, "", "", "Agence", "Pilotage de l’équipe"))
    assert emails() == [person.email]
    memberships = select(func.count()).select_from(Membership).where(Membership.person_id == person.id)
    assert db.session.scalar(memberships) == 1, "until the invitation is accepted"


def test_the_last_who_answers_for_an_organisation_keeps_that_role(make: Builder, browse) -> None:
    pole = make.pole(name="Pôle du Lin")
    first, second = make.coordinator(pole), make.coordinator(pole)
    member = make.member(pole, Role.MEMBER)
    browser = browse(make.national_admin())

    def line(one: Membership, role: str) -> tuple[str, ...]:
        return (one.person.email, "", "", "Pôle du Lin", role)

    both = text_of(HEADS, line(first, "Membre du PTCE"), line(second, "Membre du PTCE"))
    _address, page = look(browser, "personnes", both)
    assert "Plus personne ne répondrait de Pôle du Lin" in page
    assert "1 ligne à corriger" in page
    import_file(
        browser,
        "personnes",
        HEADS,
        line(first, "Membre du PTCE"),
        line(second, "Membre du PTCE"),
        line(member, "Coordination du PTCE"),
    )
    assert [role_of(one)[0] for one in (first, second, member)] == [
        Role.MEMBER,
        Role.MEMBER,
        Role.COORDINATOR,
    ]


def test_what_is_wrong_is_said(make: Builder, browse) -> None:
    make.pole(name="Pôle du Lin")
    twin = make.pole(name="Jumeau")
    make.pole(name="Jumeau")
    make.pole(name="Fermé", active=False)
    browser = browse(make.national_admin())
    heads = (*HEADS, "Identifiant de l’organisation")
    lines = (
        ("pas une adresse", "A", "B", "Pôle du Lin", "Membre du PTCE", ""),
        ("a@exemple.fr", "A", "B", "Pôle du Lin", "Chef", ""),
        ("a@exemple.fr", "A", "B", "Pôle du Lin", "Pilotage de l’équipe", ""),
        ("a@exemple.fr", "A", "B", "Jumeau", "Membre du PTCE", ""),
        ("a@exemple.fr", "A", "B", "Inconnu", "Membre du PTCE", ""),
        ("a@exemple.fr", "A", "B", "Fermé", "Membre du PTCE", ""),
        ("a@exemple.fr", "A", "B", "Pôle du Lin", "Membre du PTCE", str(twin.id)),
        ("a@exemple.fr", "A", "B", "", "Membre du PTCE", ""),
        ("a@exemple.fr", "", "", "Pôle du Lin", "Membre du PTCE", ""),
        ("", "A", "B", "Pôle du Lin", "", ""),
        ("b@exemple.fr", "A", "B", "", "Membre du PTCE", str(twin.id)),
        ("B@exemple.fr", "A", "B", "Jumeau", "Membre du PTCE", str(twin.id)),
    )
    _address, page = look(browser, "personnes", text_of(heads, *lines))
    assert "11 lignes à corriger" in page
    for said in (
        "Ce n’est pas une adresse électronique",
        "Rôle, « Chef » – Écrivez l’un de ces mots",
        "Rôle – Pôle du Lin donne ceux-ci",
        "plusieurs portent ce nom",
        "aucune ne porte ce nom",
        "cet identifiant est celui de",
        "ou celle de son identifiant",
        "Prénom – remplissez cette cellule",
        "La ligne 12 désigne la même personne",
    ):
        assert said in page, said


@pytest.mark.parametrize("prepared", [False, True])
def test_somebody_invited_meanwhile_is_not_invited_twice(
    make: Builder, browse, monkeypatch: pytest.MonkeyPatch, prepared: bool
) -> None:
    pole = make.pole(name="Pôle du Lin")
    browser = browse(make.national_admin())
    rows = (HEADS, ("zoe@exemple.fr", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE"))
    address, page = look(browser, "personnes", text_of(*rows))

    def invited_meanwhile() -> None:
        with transaction() as session:
            session.add(
                Invitation(
                    organisation_id=pole.id,
                    email="zoe@exemple.fr",
                    given_name="Zoé",
                    family_name="Petit",
                    role=Role.COORDINATOR,
                    token_hash="a",
                    expires_at=clock.now() + timedelta(days=3),
                )
            )

    def prepared_before(*what: Any) -> Any:
        found = prepare(*what)
        invited_meanwhile()
        return found

    prepare = service.prepare
    if prepared:
        monkeypatch.setattr(service, "prepare", prepared_before)
    else:
        invited_meanwhile()
    answer = apply(browser, address, seen(page))
    assert answer.status_code == 409
    assert "Déjà invitée comme Coordination du PTCE" in answer.text
    assert emails() == []
