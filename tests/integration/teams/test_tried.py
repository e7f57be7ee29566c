"""What somebody of ill will tries on invitations."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import HEAD_ROLES, Role
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import ROLES_OF
from portal.db import db, transaction
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import emails, is_signed_in, sign_in
from tests.integration.teams.steps import GUEST, WORDS, Browse, accept, invite, link_in, team_of


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def heads(make: Builder) -> list[Membership]:
    return [make.coordinator(), make.manager(), make.regional_admin("28"), make.national_admin()]


def test_no_head_gives_a_role_of_another_kind_of_organisation(make: Builder, browse: Browse) -> None:
    tried = heads(make)
    assert {head.role for head in tried} == HEAD_ROLES
    for head in tried:
        browser = browse(head)
        for role in set(Role) - ROLES_OF[head.organisation.kind]:
            assert invite(browser, head, role=role.value).status_code == 422, (head.role, role)
        for made_up in ("", "admin", "NATIONAL_ADMIN", "0", "x" * 5000):
            assert invite(browser, head, role=made_up).status_code == 422
    assert count(Invitation) == 0
    assert not emails()


def test_nobody_invites_into_an_organisation_that_they_do_not_keep(make: Builder, browse: Browse) -> None:
    targets = [*heads(make), make.observer()]
    outsiders = [make.coordinator(), make.manager(), make.regional_admin("11"), make.observer()]
    own = targets[0].organisation
    outsiders += [make.member(own, Role.MEMBER), make.practitioner(targets[1].organisation)]
    for outsider in outsiders:
        browser = browse(outsider)
        for target in targets:
            role = next(iter(ROLES_OF[target.organisation.kind])).value
            assert invite(browser, target, role=role).status_code in {403, 404}, (outsider.role, target.role)
    assert count(Invitation) == 0


@pytest.fixture
def coordinator(make: Builder) -> Membership:
    return make.coordinator()


@pytest.fixture
def link(coordinator: Membership, browse: Browse) -> str:
    assert invite(browse(coordinator), coordinator).status_code == 302
    return link_in(emails()[-1].text)


def test_who_accepts_chooses_neither_role_nor_address_nor_organisation(
    make: Builder, coordinator: Membership, link: str, browse: Browse
) -> None:
    other = make.pole()
    forged = {
        "role": "national_admin",
        "email": "autre@exemple.test",
        "organisation_id": str(other.id),
        "confirmed_at": "",
    }
    assert accept(browse(), link, **forged).status_code == 302
    joined = db.session.scalars(select(Membership).join(Membership.person).where(Person.email == GUEST)).one()
    assert (joined.role, joined.organisation_id) == (Role.MEMBER, coordinator.organisation_id)
    assert db.session.scalar(select(Person.id).where(Person.email == "autre@exemple.test")) is None


def test_somebody_else_accepts_nothing_whatever_they_send(make: Builder, link: str, browse: Browse) -> None:
    before = count(Membership)
    for other in (make.practitioner(), make.national_admin()):
        browser, before = browse(other), before + 1
        for _ in range(2):
            assert browser.post(link, {"email": GUEST}).status_code == 403
            assert accept(browser, link, email=GUEST).status_code == 403
    assert count(Membership) == before
    assert db.session.scalars(select(Invitation.accepted_at)).one() is None


def test_the_link_of_an_address_that_has_an_account_opens_nothing_of_it(
    make: Builder, coordinator: Membership, browse: Browse
) -> None:
    """Who holds the link without the password gets neither in, nor another password."""
    owner = make.practitioner().person
    assert invite(browse(coordinator), coordinator, email=owner.email).status_code == 302
    link, thief = link_in(emails()[-1].text), browse()
    kept = db.session.scalar(select(Person.password).where(Person.id == owner.id))
    answer = accept(thief, link)
    assert answer.location.startswith("/connexion")
    assert not is_signed_in(thief)
    db.session.expire_all()
    assert db.session.scalar(select(Person.password).where(Person.id == owner.id)) == kept
    assert sign_in(browse(), owner, WORDS).status_code != 302
    assert sign_in(browse(), owner, PASSPHRASE).status_code == 302


def test_a_link_too_old_or_used_gives_nothing_however_often_it_is_sent(link: str, browse: Browse) -> None:
    with clock.travelling_to(clock.now() + timedelta(days=8)):
        for _ in range(3):
            assert accept(browse(), link).status_code == 404
    assert db.session.scalar(select(Person.id).where(Person.email == GUEST)) is None
    assert accept(browse(), link).status_code == 302
    people = count(Person)
    for _ in range(3):
        assert accept(browse(), link, password="un autre mot de passe à soi").status_code == 404
    assert count(Person) == people


@pytest.mark.parametrize("token", ["x", "0", "x" * 5000, "%00", "..", "é"])
def test_a_link_that_was_made_up_opens_nothing(link: str, browse: Browse, token: str) -> None:
    assert accept(browse(), f"/invitation/{token}").status_code in {400, 404}
    with transaction():
        assert count(Membership) == 1


@pytest.mark.parametrize("number", ["0", "-1", str(10**30), "un"])
def test_invitations_of_others_are_neither_sent_again_nor_withdrawn(
    make: Builder, coordinator: Membership, link: str, browse: Browse, number: str
) -> None:
    waiting = db.session.scalars(select(Invitation.id)).one()
    other = make.coordinator()
    for path in (f"{team_of(other)}/invitations/{waiting}", f"{team_of(coordinator)}/invitations/{waiting}"):
        for act in ("annuler", "renvoyer"):
            assert browse(other).post(f"{path}/{act}").status_code == 404
    mine = browse(coordinator)
    for act in ("annuler", "renvoyer"):
        assert mine.post(f"{team_of(coordinator)}/invitations/{number}/{act}").status_code == 404
    assert browse().get(link).status_code == 200
