"""Closing one's account: what disappears, what stays, what stands in the way."""

from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership, Person
from portal.db import Model, db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.notifications.models import OutboxEmail
from portal.requests.steps import AssignmentState, RequestState
from portal.safety.models import Authenticator, EmailChange, Passkey, RecoveryCode, SignInSession
from tests.browser import Browser
from tests.builders import Builder
from tests.jobs import do

PAGE = "/mon-compte/fermer"
LOGS = {"journal_entry", "outbox_email"}


def close(browser: Browser) -> int:
    return browser.post(PAGE, {"understood": "y"}).status_code


def with_a_colleague(make: Builder, **values: Any) -> Membership:
    """A coordinator who is not the only one."""
    pole = make.pole()
    make.coordinator(pole)
    return make.member(pole, Role.COORDINATOR, make.person(**values))


def stored_outside_logs() -> str:
    rows: list[Any] = []
    for table in Model.metadata.sorted_tables:
        if table.name not in LOGS:
            rows += db.session.execute(select(table)).all()
    return "\n".join(map(str, rows))


def test_name_address_and_telephone_disappear(make, browse) -> None:
    me = with_a_colleague(
        make,
        given_name="Zénobie",
        family_name="Quintefeuille",
        email="zenobie@exemple.test",
        phone="06 39 98 00 01",
    )
    make.raw_request(me, RequestState.COMPLETED, phone="06 39 98 00 02", need="Un besoin de notre pôle.")
    assert close(browse(me)) == 302
    left = stored_outside_logs()
    for gone in ("Zénobie", "Quintefeuille", "quintefeuille", "zenobie", "06 39 98"):
        assert gone not in left
    assert "Un besoin de notre pôle." in left
    person = db.session.get(Person, me.person_id)
    assert person is not None
    assert (person.name, person.active, person.password) == ("Compte fermé", False, None)
    assert person.closed_at is not None


def test_its_requests_show_a_closed_account_and_no_address(make, browse) -> None:
    me = with_a_colleague(make, given_name="Zénobie")
    request = make.raw_request(me, RequestState.COMPLETED)
    close(browse(me))
    page = browse(make.national_admin()).get(f"/demandes/{request.reference}").text
    assert "Compte fermé" in page
    assert "Zénobie" not in page
    assert ".invalid" not in page


def test_memberships_end_and_the_session_too(make, browse) -> None:
    me = with_a_colleague(make)
    mine = browse(me)
    close(mine)
    assert db.session.scalar(select(Membership.ended_at).where(Membership.id == me.id)) is not None
    assert mine.get("/mon-compte").status_code == 302


def test_whatever_opens_the_account_is_gone(make, browse) -> None:
    me = with_a_colleague(make, email="moi@exemple.test")
    hidden = {"person_id": me.person_id}
    with transaction() as session:
        session.add_all(
            [
                Authenticator(**hidden, secret="x"),
                RecoveryCode(**hidden, code_hash="x"),
                Passkey(
                    **hidden, name="Clé", credential_id="c", public_key=b"k", user_handle="h", sign_count=0
                ),
                EmailChange(
                    **hidden,
                    old_email="moi@exemple.test",
                    new_email="b@x.test",
                    confirm_hash="1",
                    stop_hash="2",
                ),
                SignInSession(**hidden, key_hash="k", browser="Firefox", system="Linux", address="192.0.2.1"),
                Invitation(
                    organisation_id=me.organisation_id,
                    email="moi@exemple.test",
                    given_name="Zoé",
                    family_name="M",
                    role=Role.MEMBER,
                    token_hash="t",
                    expires_at=clock.now(),
                ),
            ]
        )
    close(browse(me))
    for model in (Authenticator, RecoveryCode, Passkey, EmailChange, Invitation):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0, model
    assert None not in db.session.scalars(select(SignInSession.ended_at)).all()


def test_a_goodbye_goes_to_the_old_address(make, browse) -> None:
    me = with_a_colleague(make, email="moi@exemple.test")
    close(browse(me))
    told = db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient)).all()
    assert ("accounts/account_closed", "moi@exemple.test") in [tuple(one) for one in told]


def test_it_is_written_in_the_journal(make, browse) -> None:
    me = with_a_colleague(make, email="moi@exemple.test")
    close(browse(me))
    entries = db.session.scalars(select(JournalEntry).where(JournalEntry.act == Act.CLOSED)).all()
    assert [one.subject_id for one in entries] == [me.person_id]
    assert "moi@exemple.test" not in str([(one.changes, one.subject_name) for one in entries])


def test_the_last_head_must_hand_over_first(make, browse) -> None:
    me = make.coordinator(make.pole(name="Pôle sans relève"))
    mine = browse(me)
    page = mine.get(PAGE).text
    assert "Pôle sans relève" in page
    assert "Fermer mon compte pour toujours" not in page
    assert close(mine) == 409
    assert db.session.scalars(select(Person.closed_at)).all() == [None]


def test_one_who_is_not_a_head_may_go(make, browse) -> None:
    pole = make.pole()
    make.coordinator(pole)
    assert close(browse(make.member(pole, Role.MEMBER))) == 302


def test_the_box_must_be_ticked(make, browse) -> None:
    me = with_a_colleague(make)
    answer = browse(me).post(PAGE)
    assert answer.status_code == 422
    assert "Cochez la case" in answer.text
    assert db.session.scalar(select(Person.active).where(Person.id == me.person_id))


def test_it_asks_for_a_recent_sign_in(make, browse) -> None:
    me = with_a_colleague(make)
    mine = browse(me)
    with mine.client.session_transaction() as session:
        session["fs_paa"] = 0.0
    mine.post(PAGE, {"understood": "y"})
    assert db.session.scalar(select(Person.active).where(Person.id == me.person_id))


def test_the_page_costs_the_same_whatever_one_belongs_to(make, browse, queries) -> None:
    me = with_a_colleague(make)
    for _ in range(5):
        make.member(make.pole(), Role.COORDINATOR, me.person)
    mine = browse(me)
    mine.get(PAGE)
    queries.clear()
    mine.get(PAGE)
    assert len(queries) <= 6


def test_accounts_that_the_portal_closed_lose_their_name_too(make) -> None:
    me = with_a_colleague(make, given_name="Zénobie", email="zenobie@exemple.test")
    with transaction() as session:
        me.person.active, me.person.closed_at = False, clock.now()
        session.add(me.person)
    assert (do("forget closed accounts"), do("forget closed accounts")) == (1, 0)
    assert "zenobie" not in stored_outside_logs()


def test_the_address_is_free_again(make, browse) -> None:
    """For somebody invited anew, under a new account."""
    me = with_a_colleague(make, email="moi@exemple.test")
    close(browse(me))
    again = make.person(email="moi@exemple.test")
    assert again.id != me.person_id


def test_open_work_is_handed_over_first(make, browse) -> None:
    """Where somebody could take it; the page leads to where one says who."""
    partner = make.partner(name="Coopérative Les Passerelles")
    me, _colleague = make.practitioner(partner), make.practitioner(partner)
    make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED, referent_id=me.person_id)
    answer = browse(me).post(PAGE, {"understood": "y"})
    assert answer.status_code == 409
    assert f"/organisations/{partner.id}/personnes/{me.id}/depart" in answer.text
    assert db.session.scalar(select(Person.active).where(Person.id == me.person_id))
    assert db.session.scalar(select(Membership.ended_at).where(Membership.id == me.id)) is None


def test_where_nobody_could_take_it_one_may_go(make, browse) -> None:
    partner = make.partner()
    me = make.practitioner(partner)
    make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED, referent_id=me.person_id)
    assert close(browse(me)) == 302


def test_only_the_organisation_left_alone_stands_in_the_way(make, browse) -> None:
    """Somebody of two organisations, followed in one."""
    me = with_a_colleague(make)
    alone = make.member(make.pole(name="Pôle sans relève"), Role.COORDINATOR, me.person)
    page = browse(me).get(PAGE).text
    main = page[page.index("<main") :]
    assert "Pôle sans relève" in main
    assert main.count("Pôle") == 1
    make.coordinator(alone.organisation)
    assert close(browse(me)) == 302
    assert (
        None
        not in db.session.scalars(
            select(Membership.ended_at).where(Membership.person_id == me.person_id)
        ).all()
    )


def test_an_organisation_that_left_the_portal_holds_nobody_back(make, browse) -> None:
    me = with_a_colleague(make)
    make.member(make.pole(name="Pôle parti", active=False), Role.COORDINATOR, me.person)
    mine = browse(me)
    assert "Pôle parti" not in mine.get(PAGE).text
    assert close(mine) == 302


def test_work_in_an_organisation_that_left_the_portal_holds_nobody_back(make, browse) -> None:
    """The page where one says who takes over is shut with it."""
    partner = make.partner(active=False)
    me, _colleague = make.practitioner(partner), make.practitioner(partner)
    make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED, referent_id=me.person_id)
    assert close(browse(me.person)) == 302
