"""Inviting people: a link that works once, for seven days, for one address."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Role
from portal.accounts import rules
from portal.accounts.models import Invitation, Membership, Person
from portal.db import db, transaction
from portal.refusals import NotAllowed
from portal.safety.models import Authenticator
from portal.teams.invitations import service as invitations
from portal.teams.rules import LinkSpent
from tests.builders import PASSPHRASE, Builder
from tests.integration.accounts.steps import emails, english, is_signed_in, sign_in
from tests.integration.teams.steps import (
    GUEST,
    WORDS,
    Browse,
    accept,
    acts,
    invitation,
    invite,
    link_in,
    team_of,
)
from tests.jobs import do
from tests.races import at_once, looking_before_writing


@pytest.fixture
def coordinator(make: Builder) -> Membership:
    return make.coordinator()


@pytest.fixture
def link(coordinator: Membership, browse: Browse) -> str:
    """The link of an invitation that was just sent."""
    assert invite(browse(coordinator), coordinator).status_code == 302
    return link_in(emails()[-1].text)


def test_a_guest_joins_with_a_new_account(coordinator: Membership, link: str, browse: Browse) -> None:
    (sent,) = emails()
    assert sent.confidential
    assert (sent.recipient, sent.reply_to) == (GUEST, coordinator.person.email)
    guest = english(browse())
    page = guest.get(link).text
    assert f"{coordinator.person.name} invites you" in page
    assert accept(guest, link).location == "/"
    assert is_signed_in(guest)
    assert coordinator.organisation.name in guest.get("/").text
    person = db.session.scalars(select(Person).where(Person.email == GUEST)).one()
    assert person.confirmed_at is not None
    assert sign_in(browse(), person, WORDS).status_code == 302
    assert [one.recipient for one in emails()][1:] == [coordinator.person.email]
    assert acts() == ["invited", "joined", "invitation_accepted"]


def test_the_link_is_never_stored_and_cannot_be_guessed(link: str) -> None:
    token = link.rpartition("/")[2]
    stored = invitation().token_hash
    assert token not in stored
    assert stored == rules.token_hash(token)
    assert len(token) >= 43, "32 random bytes"
    assert len({rules.new_token() for _ in range(200)}) == 200


def test_a_link_works_once(link: str, browse: Browse) -> None:
    assert accept(browse(), link).status_code == 302
    again = browse()
    assert accept(again, link).status_code == 404
    assert not is_signed_in(again)


@pytest.mark.parametrize("what", ["unknown", "used", "too old", "withdrawn", "of an inactive organisation"])
def test_dead_links_answer_alike(link: str, browse: Browse, what: str) -> None:
    if what == "unknown":
        link = link[:-3] + "xyz"
    elif what == "used":
        accept(browse(), link)
    else:
        with transaction() as session:
            found = session.scalars(select(Invitation)).one()
            if what == "too old":
                found.expires_at = clock.now()
            elif what == "withdrawn":
                found.revoked_at = clock.now()
            else:
                session.get_one(
                    type(found).organisation.property.mapper, found.organisation_id
                ).active = False
    visitor = english(browse())
    answer = visitor.get(link)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert "This invitation no longer works" in answer.text
    assert "Ask for a new link" in answer.text
    assert visitor.post(f"{link}/redemander").location == "/"


def test_a_link_lives_seven_days(link: str, browse: Browse) -> None:
    last = clock.end_of(clock.today() + timedelta(days=7))
    with clock.travelling_to(last - timedelta(minutes=1)):
        assert browse().get(link).status_code == 200
    with clock.travelling_to(last + timedelta(minutes=1)):
        assert browse().get(link).status_code == 404


def test_a_new_link_is_asked_for_once_a_day(coordinator: Membership, link: str, browse: Browse) -> None:
    with transaction() as session:
        session.scalars(select(Invitation)).one().expires_at = clock.now()
    for _ in range(3):
        browse().post(f"{link}/redemander")
    wanted = [one for one in emails() if one.kind == "teams/invitation_wanted"]
    assert [one.recipient for one in wanted] == [coordinator.person.email]


def test_a_used_link_asks_for_nothing(link: str, browse: Browse) -> None:
    accept(browse(), link)
    browse().post(f"{link}/redemander")
    assert not [one for one in emails() if one.kind == "teams/invitation_wanted"]


def test_a_link_sent_again_kills_the_one_before(coordinator: Membership, link: str, browse: Browse) -> None:
    manager = english(browse(coordinator))
    path = f"{team_of(coordinator)}/invitations/{invitation().id}"
    assert manager.post(f"{path}/renvoyer").status_code == 302
    newer = link_in(emails()[-1].text)
    assert browse().get(link).status_code == 404
    assert browse().get(newer).status_code == 200
    for _ in range(4):
        manager.post(f"{path}/renvoyer")
    assert len(emails()) == 4, "three more a day at most"
    assert "often enough" in manager.get(team_of(coordinator)).text


def test_a_withdrawn_invitation_opens_nothing(coordinator: Membership, link: str, browse: Browse) -> None:
    path = f"{team_of(coordinator)}/invitations/{invitation().id}/annuler"
    assert browse(coordinator).post(path).status_code == 302
    assert accept(browse(), link).status_code == 404
    assert "invitation_revoked" in acts()
    assert browse(coordinator).post(path).status_code == 404


def test_somebody_with_an_account_signs_in_first(make: Builder, link: str, browse: Browse) -> None:
    known = make.coordinator()
    with transaction():
        known.person.email = GUEST
    visitor = english(browse())
    assert "You already have an account" in visitor.get(link).text
    assert "/connexion?next=" in accept(visitor, link).location
    assert not is_signed_in(visitor), "the link alone never opens an account"
    answer = sign_in(visitor, known.person, PASSPHRASE, next=link)
    assert answer.location == link
    visitor.get(link)
    assert visitor.post(link).location == "/"
    assert len(visitor.get("/").text.split("choice")) > 2, "two organisations to choose from"


def test_the_link_is_for_one_address(make: Builder, link: str, browse: Browse) -> None:
    somebody = english(browse(make.coordinator()))
    assert "for another address" in somebody.get(link).text
    assert somebody.post(link).status_code == 403
    stranger = make.person()
    with pytest.raises(NotAllowed), transaction():
        invitations.join(link.rpartition("/")[2], stranger)
    assert invitation().accepted_at is None


def test_a_closed_account_is_opened_again(make: Builder, link: str, browse: Browse) -> None:
    closed = make.person(email=GUEST, active=False, closed_at=clock.now())
    old_sessions = closed.fs_uniquifier
    assert accept(browse(), link).status_code == 302
    assert (closed.active, closed.closed_at) == (True, None)
    assert closed.fs_uniquifier != old_sessions
    assert sign_in(browse(), closed, PASSPHRASE).status_code == 422


def test_an_account_opened_again_still_asks_for_its_second_factor(
    make: Builder, link: str, browse: Browse
) -> None:
    """Who reads the mails of the address may choose a password, as by a reset link, and no more."""
    closed = make.person(email=GUEST, active=False, closed_at=clock.now())
    with transaction() as session:
        session.add(Authenticator(person_id=closed.id, secret="a secret", counter=None))
    guest = browse()
    answer = accept(guest, link)
    assert (answer.status_code, answer.location) == (302, "/connexion")
    assert not is_signed_in(guest)
    assert 'name="code"' in sign_in(guest, closed, WORDS).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "court", "password_confirm": "court"}, "Use at least"),
        ({"password": "nadia benali nadia", "password_confirm": "nadia benali nadia"}, "easy to guess"),
        ({"password_confirm": "autre chose du tout"}, "The two passwords differ"),
        ({"given_name": " "}, "Type your given name"),
        ({"family_name": "x" * 81}, "too long"),
    ],
)
def test_a_bad_answer_is_shown_again(link: str, browse: Browse, fields: dict[str, str], said: str) -> None:
    guest = english(browse())
    answer = accept(guest, link, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert WORDS not in answer.text
    assert accept(guest, link).status_code == 302


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "nadia"}, "not an e-mail address"),
        ({"email": ""}, "Type their e-mail address"),
        ({"email": f"{'x' * 250}@exemple.test"}, "too long"),
        ({"role": "national_admin"}, ""),
        ({"given_name": "", "family_name": "\x00"}, "Type their family name"),
    ],
)
def test_a_bad_invitation_is_refused(
    coordinator: Membership, browse: Browse, fields: dict[str, str], said: str
) -> None:
    answer = invite(english(browse(coordinator)), coordinator, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert not emails()


def test_a_member_and_a_guest_are_not_invited_twice(
    coordinator: Membership, link: str, browse: Browse
) -> None:
    manager = english(browse(coordinator))
    assert "already invited" in invite(manager, coordinator, email=GUEST.upper()).text
    assert "already belongs" in invite(manager, coordinator, email=coordinator.person.email).text
    with transaction() as session:
        session.scalars(select(Invitation)).one().expires_at = clock.now()
    assert invite(manager, coordinator, role="coordinator").status_code == 302
    assert invitation().role is Role.COORDINATOR, "the one that was too old is sent anew"


def test_nothing_tells_who_has_an_account_elsewhere(
    make: Builder, coordinator: Membership, browse: Browse
) -> None:
    pages = []
    for email in (make.coordinator().person.email, "inconnue@exemple.test"):
        manager = browse(coordinator)
        answer = invite(manager, coordinator, email=email)
        page = manager.get(answer.location).text.replace("<wbr>", "").replace(email, "…")
        manager.post(f"{team_of(coordinator)}/invitations/{invitation().id}/annuler")
        with transaction() as session:
            session.execute(delete(Invitation))
        main = page[page.index("flash-success") : page.index("</main>")]
        pages.append((answer.status_code, re.sub(r'value="[^"]*"|invitations/\d+', "", main)))
    assert pages[0] == pages[1]
    kinds = [one.kind for one in emails()]
    assert kinds == ["accounts/invitation"] * 2


def test_two_accept_at_once_and_one_joins(app: Flask, link: str) -> None:
    token = link.rpartition("/")[2]
    answers = at_once(
        app, *[lambda: invitations.join_as_new(token, "Nadia", "Benali", WORDS) and None for _ in range(3)]
    )
    assert sum(isinstance(one, LinkSpent) for one in answers) == 2
    assert len(db.session.scalars(select(Person).where(Person.email == GUEST)).all()) == 1


def test_a_guest_of_two_organisations_who_accepts_both_at_once_gets_one_account(
    app: Flask, make: Builder, browse: Browse
) -> None:
    heads = [make.coordinator(), make.coordinator()]
    for head in heads:
        assert invite(browse(head), head).status_code == 302
    guests, links = [browse(), browse()], [link_in(one.text) for one in emails()]
    for guest, link in zip(guests, links, strict=True):
        guest.get(link)
    answers = looking_before_writing(
        app, lambda: accept(guests[0], links[0]).location, lambda: accept(guests[1], links[1]).location
    )
    (later,) = [number for number, answer in enumerate(answers) if answer != "/"]
    signs_in = f"/connexion?next={links[later]}"  # where the account was there before the form was read
    assert answers[later] in {links[later], signs_in}
    assert len(db.session.scalars(select(Person).where(Person.email == GUEST)).all()) == 1


def test_so_many_a_day(coordinator: Membership, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.teams.rules.MOST_INVITED_A_DAY", 2)
    manager = english(browse(coordinator))
    answers = [invite(manager, coordinator, email=f"a{number}@exemple.test") for number in range(3)]
    assert [one.status_code for one in answers] == [302, 302, 422]
    assert "Too many invitations today" in answers[-1].text


def test_old_invitations_are_forgotten(link: str) -> None:
    assert do("forget invitations") == 0
    with clock.travelling_to(clock.now() + timedelta(days=38)):
        assert do("forget invitations") == 1
