"""E-mails that come back or are refused: noted once, shown, and after three the portal writes there no more."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.mailbox import service as mailbox
from portal.mailbox.rules import Outcome
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.delivery.service import Delivery
from portal.notifications.emails import Message, Recipient
from portal.notifications.models import MailFailure
from portal.notifications.outbox import service as outbox
from portal.notifications.returns import queries as returns
from portal.notifications.returns import service
from portal.notifications.rules import PAUSED
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.notifications.conftest import Write, row, rows
from tests.races import together
from tests.smtp import Failure, MailServer, Moment
from tests.unit.notifications.test_returns import report

ZOE, INBOX = "zoe@exemple.test", "portail@retours.test"
UNKNOWN = report("5.1.1", "smtp; 550 5.1.1 Nobody of that name")
UNWANTED = report("5.7.1", "smtp; 550 5.7.1 Looks like spam")


@pytest.fixture(autouse=True)
def _takes_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_INBOX", INBOX)


@pytest.fixture
def courier(server: MailServer, database: None) -> Iterator[Delivery]:
    made = Delivery()
    yield made
    made.close()


def failures() -> list[MailFailure]:
    found = select(MailFailure).order_by(MailFailure.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def fail(address: str = ZOE, times: int = 3) -> None:
    with transaction():
        for _ in range(times):
            service.note(address, outbox.message_id(), "550 5.1.1 Nobody of that name")


def test_an_e_mail_leaves_from_an_address_that_it_comes_back_to(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write()
    courier.deliver()
    (letter,) = server.letters
    assert letter.sender.startswith(f"portail+r{row().id}-")
    assert mailbox.receive(letter.sender, UNKNOWN) is Outcome.NOTED
    (noted,) = failures()
    assert (noted.address, noted.message_id, noted.counts) == (ZOE, row().message_id, True)
    assert noted.error == "550 5.1.1 Nobody of that name"


def test_told_again_or_by_who_has_not_our_address_nothing_changes(
    app: Flask, courier: Delivery, server: MailServer, write: Write
) -> None:
    write()
    courier.deliver()
    ours = server.letters[0].sender
    for _ in range(3):
        mailbox.receive(ours, UNKNOWN)
    forged = addresses.written(INBOX, "a secret of somebody else", Use.RETURN, row().id)
    gone = addresses.written(INBOX, app.config["SECRET_KEY"], Use.RETURN, row().id + 1)
    assert mailbox.receive(forged, UNKNOWN) is Outcome.NOT_OURS
    assert mailbox.receive(INBOX, UNKNOWN) is Outcome.NOT_OURS
    assert mailbox.receive(gone, UNKNOWN) is Outcome.NOTHING
    assert len(failures()) == 1


def test_what_is_no_failure_is_not_noted(courier: Delivery, server: MailServer, write: Write) -> None:
    write()
    courier.deliver()
    ours = server.letters[0].sender
    late = report("4.4.7", "smtp; 450 4.4.7 Still trying", action="delayed")
    for raw in (late, b"Subject: Absence\r\n\r\nJe suis absente.\r\n"):
        assert mailbox.receive(ours, raw) is Outcome.NOTHING
    assert failures() == []


def test_a_refusal_within_the_conversation_counts_as_well(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(ZOE, "max@exemple.test")
    server.failure = Failure(Moment.RECIPIENT, "550 5.1.1 Nobody of that name", ZOE, 1)
    courier.deliver()
    assert [(one.address, one.counts) for one in failures()] == [(ZOE, True)]


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 Looks like spam", "552 5.2.2 Over quota", "554 5.4.1 Access denied"]
)
def test_what_is_not_the_addresss_fault_never_pauses_it(
    courier: Delivery, server: MailServer, write: Write, answer: str
) -> None:
    for _ in range(4):
        write()
        server.failure = Failure(Moment.RECIPIENT, answer, ZOE, 1)
        courier.deliver()
    assert [one.counts for one in failures()] == [False] * 4
    assert returns.paused([ZOE]) == frozenset()
    assert returns.failing([ZOE])[ZOE].error == answer


def test_after_three_the_portal_writes_there_no_more_but_links_to_get_in(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    fail(times=2)
    write()
    courier.deliver()
    assert len(server.letters) == 1
    fail(times=1)
    write(ZOE, "max@exemple.test")
    with transaction():
        outbox.enqueue(
            "tests/hello", Recipient(ZOE, "Zoé"), Message("http://portal.test/lien"), confidential=True
        )
    courier.deliver()
    assert [one.recipients[0] for one in server.letters[1:]] == ["max@exemple.test", ZOE]
    held = next(one for one in rows() if one.given_up_at)
    assert (held.recipient, held.last_error) == (ZOE, PAUSED)
    assert len(failures()) == 3, "what was not tried is no failure"


def test_who_says_that_it_works_again_gets_what_was_held_back(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    fail()
    write()
    courier.deliver()
    assert server.letters == []
    with transaction():
        assert service.let_again(ZOE)
        assert not service.let_again(ZOE)
    courier.deliver()
    assert len(server.to(ZOE)) == 1
    assert returns.failing([ZOE]) == {}


def test_a_pause_ends_by_itself(database: None) -> None:
    fail()
    assert returns.paused([ZOE]) == {ZOE}
    with transaction() as session:
        for one in failures():
            session.merge(one).at = clock.days_ago(returns.COUNTED_FOR)
    assert returns.paused([ZOE]) == frozenset()


def test_the_portal_says_it_at_the_person_and_at_their_organisation(
    make: Builder, browse: Callable[..., Browser]
) -> None:
    pole = make.pole()
    head, member = make.coordinator(pole), make.member(pole, Role.MEMBER)
    fail(member.person.email)
    said, national = "550 5.1.1 Nobody of that name", make.national_admin()
    for page in (f"/organisations/{pole.id}", f"/organisations/{pole.id}/personnes"):
        assert said in browse(head).get(page).text
        assert said in browse(national).get(page).text
    assert said in browse(national).get(f"/personnes/{member.person_id}").text
    assert said in browse(national).get("/emails?liste=revenus").text
    assert said in browse(member).get("/mon-compte").text
    assert said not in browse(head).get("/mon-compte").text


def test_the_person_or_who_keeps_the_team_ends_a_pause(make: Builder, browse: Callable[..., Browser]) -> None:
    pole = make.pole()
    head, member = make.coordinator(pole), make.member(pole, Role.MEMBER)
    door = f"/organisations/{pole.id}/personnes/{member.id}/emails"
    for who in (head, member):
        fail(member.person.email)
        assert browse(make.coordinator()).post(door).status_code == 404
        assert returns.paused([member.person.email])
        assert browse(who).post(door).status_code == 302
        assert not returns.paused([member.person.email])


def test_the_national_cell_ends_one_of_any_address(make: Builder, browse: Callable[..., Browser]) -> None:
    fail("invite@exemple.test")
    national = browse(make.national_admin())
    assert national.post(f"/emails/revenus/{failures()[0].id}/ecrire").status_code == 302
    assert national.post("/emails/revenus/999/ecrire").status_code == 404
    assert not returns.paused(["invite@exemple.test"])


def test_told_twice_at_once_it_is_noted_once(app: Flask, write: Write) -> None:
    write()
    ours = service.return_path(row().id)
    together(app, *[lambda: mailbox.receive(ours, UNKNOWN)] * 4)
    assert len(failures()) == 1


def test_the_command_takes_one_from_a_pipe_and_asks_to_come_again_where_the_database_is_away(
    app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    command = ["mail", "receive", service.return_path(row().id)]
    result = app.test_cli_runner().invoke(args=command, input=UNKNOWN)
    assert (result.exit_code, len(failures())) == (0, 1)

    def fails(*_arguments: object) -> None:
        raise RuntimeError("anything")

    monkeypatch.setattr(mailbox, "receive", fails)
    assert app.test_cli_runner().invoke(args=command, input=UNKNOWN).exit_code == 75
