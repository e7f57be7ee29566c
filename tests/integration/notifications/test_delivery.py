"""From the outbox to a real mail server, in good days and bad."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from portal import clock
from portal.db import db, transaction
from portal.notifications import rules
from portal.notifications.claims import service as claims
from portal.notifications.delivery import service as delivery
from portal.notifications.delivery.service import Delivery
from portal.notifications.emails import Message, Recipient
from portal.notifications.mail import service as mail
from portal.notifications.mail.service import ServerAway
from portal.notifications.outbox import service as outbox
from tests import strict_mail
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.notifications.conftest import Write, change, row, rows
from tests.smtp import MailServer, Moment
from tests.strict_mail import Mailbox
from tests.waiting import LONGEST

MANY = [f"a{number}@exemple.test" for number in range(7)]


def hang_up(courier: Delivery) -> None:
    """The conversation dies, and the worker does not know yet."""
    kept = courier._connection.open().host
    assert kept is not None
    assert kept.sock is not None
    kept.sock.shutdown(2)


@pytest.fixture
def courier(server: MailServer, database: None) -> Iterator[Delivery]:
    made = Delivery()
    yield made
    made.close()


def test_an_e_mail_arrives_as_it_was_written(courier: Delivery, server: MailServer, write: Write) -> None:
    write(message=Message("http://portal.test/demandes", reply_to=("Noël Dû", "noel@exemple.test")))
    assert courier.deliver() == 1
    (letter,) = server.letters
    message = letter.message
    assert (letter.sender, letter.recipients) == ("portail@portal.test", ("zoe@exemple.test",))
    assert str(message["From"]) == "Portail d’appui PTCE <portail@portal.test>"
    assert str(message["To"]) == "Zoé Martin <zoe@exemple.test>"
    assert str(message["Reply-To"]) == "Noël Dû <noel@exemple.test>"
    assert (message["Subject"], message["Message-ID"]) == ("Bonjour Zoé Martin", row().message_id)
    assert message["Content-Language"] == "fr"
    text, html = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    assert (text.splitlines(), html.splitlines()) == (row().text.splitlines(), row().html.splitlines())
    assert (row().sent_at is not None, row().next_attempt_at, row().attempts) == (True, None, 0)
    assert courier.deliver() == 0


def test_batches_share_one_connection(courier: Delivery, server: MailServer, write: Write) -> None:
    for _ in range(3):
        write(*MANY)
        assert courier.deliver() == len(MANY)
    assert (len(server.letters), server.connections) == (21, 1)


def test_many_e_mails_ask_for_a_connection_of_the_database_as_often_as_one(
    courier: Delivery, write: Write
) -> None:
    asked: list[None] = []

    def note(*_everything: object) -> None:
        asked.append(None)

    write(MANY[0])
    event.listen(db.engine, "checkout", note)
    courier.deliver()
    for_one = len(asked)
    event.remove(db.engine, "checkout", note)
    write(*MANY)
    db.session.remove()
    event.listen(db.engine, "checkout", note)
    assert courier.deliver() == len(MANY)
    event.remove(db.engine, "checkout", note)
    assert len(asked) <= 2 * for_one, "as with a first look at all"


def test_an_idle_connection_is_renewed(courier: Delivery, server: MailServer, write: Write) -> None:
    for _ in range(2):
        write()
        courier.deliver()
        courier._connection._used_at -= mail.IDLE_SECONDS + 1
    assert (len(server.letters), server.connections) == (2, 2)


def test_a_connection_that_died_meanwhile_is_renewed_without_blame(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write()
    courier.deliver()
    hang_up(courier)
    write(*MANY)
    assert courier.deliver() == len(MANY)
    assert (len(server.letters), {one.attempts for one in rows()}) == (8, {0})


def test_a_server_that_is_away_is_nobodys_fault(
    app: Flask, courier: Delivery, server: MailServer, write: Write
) -> None:
    write(*MANY)
    app.config["MAIL_PORT"] = 1
    for _ in range(3):
        with pytest.raises(ServerAway):
            Delivery().deliver()
    assert {(one.attempts, one.leased_until, one.given_up_at) for one in rows()} == {(0, None, None)}
    app.config["MAIL_PORT"] = server.port
    assert courier.deliver() == len(MANY)


def test_a_server_that_goes_away_in_the_middle_gives_the_rest_back(
    courier: Delivery, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(*MANY)
    sent = claims.sent

    def sent_then_gone(claimed: claims.Claimed, at: datetime) -> None:
        sent(claimed, at)
        if claimed.recipient == MANY[2]:
            server.drop(Moment.CONNECT)
            hang_up(courier)

    monkeypatch.setattr(claims, "sent", sent_then_gone)
    with pytest.raises(ServerAway):
        courier.deliver()
    assert [one.sent_at is not None for one in rows()] == [True] * 3 + [False] * 4
    assert [one.attempts for one in rows()] == [0, 0, 0, 1, 0, 0, 0], (
        "nobody knows whether the fourth was taken"
    )
    assert {one.leased_until for one in rows()} == {None}
    server.recover()
    assert courier.deliver() == 3
    assert [letter.recipients[0] for letter in server.letters] == [*MANY[:3], *MANY[4:]]


@pytest.mark.parametrize("recipient", [None, "a3@exemple.test"])
def test_a_temporary_refusal_is_tried_again_later(
    courier: Delivery, server: MailServer, write: Write, recipient: str | None
) -> None:
    write("a3@exemple.test")
    server.refuse(451, recipient=recipient)
    courier.deliver()
    refused = row()
    assert (refused.attempts, refused.given_up_at, refused.sent_at) == (1, None, None)
    assert refused.last_error is not None
    assert refused.last_error.startswith("451")
    assert refused.next_attempt_at is not None
    assert refused.next_attempt_at > clock.now() + rules.FIRST_DELAY * 0.7
    assert courier.deliver() == 0
    server.recover()
    change(next_attempt_at=clock.now())
    assert courier.deliver() == 1
    assert (len(server.letters), row().sent_at is not None, row().last_error) == (1, True, None)


def test_given_up_after_the_last_attempt(courier: Delivery, server: MailServer, write: Write) -> None:
    write()
    server.refuse(451)
    for attempt in range(1, rules.MOST_ATTEMPTS + 1):
        assert row().given_up_at is None, attempt
        change(next_attempt_at=clock.now())
        courier.deliver()
    assert (row().given_up_at is not None, row().next_attempt_at) == (True, None)
    assert courier.deliver() == 0


def test_a_refusal_for_good_is_given_up_at_once_and_stops_nobody_else(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(*MANY)
    server.refuse(550, recipient=MANY[3])
    assert courier.deliver() == len(MANY)
    assert [one.recipient for one in rows() if one.given_up_at] == [MANY[3]]
    assert sorted(letter.recipients[0] for letter in server.letters) == [*MANY[:3], *MANY[4:]]


def test_an_impossible_address_is_given_up_at_once(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write("zoé@exemple.test", "b@exemple.test")
    courier.deliver()
    assert [one.given_up_at is not None for one in rows()] == [True, False]
    assert [letter.recipients for letter in server.letters] == [("b@exemple.test",)]


def test_a_line_that_goes_dead_during_a_message_counts_for_that_one_only(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(*MANY)
    server.drop(Moment.MESSAGE, times=1)
    courier.deliver()
    assert [one.attempts for one in rows()] == [1, 0, 0, 0, 0, 0, 0]
    assert len(server.letters) == 6


def test_an_answer_that_never_comes_leads_to_a_recognisable_duplicate(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write()
    server.drop(Moment.ANSWER, times=1)
    courier.deliver()
    change(next_attempt_at=clock.now())
    courier.deliver()
    first, second = server.letters
    assert first.message["Message-ID"] == second.message["Message-ID"] == row().message_id
    assert first.message["Subject"] == second.message["Subject"]


def test_a_lease_nearly_over_starts_no_more_e_mails(
    courier: Delivery, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(*MANY)
    monkeypatch.setattr(delivery, "LONGEST_SENDING", claims.LEASE - timedelta(seconds=1))
    server.wait(0.3)
    tried = courier.deliver()
    assert 1 <= tried < len(MANY)
    assert [one.leased_until for one in rows()] == [None] * len(MANY)


def test_asked_to_stop_it_finishes_one_and_gives_the_rest_back(server: MailServer, write: Write) -> None:
    write(*MANY)
    courier = Delivery(stopping=lambda: bool(server.letters))
    began = time.monotonic()
    assert courier.deliver() == 1
    courier.close()
    assert time.monotonic() - began < LONGEST, "without waiting for the end of a lease"
    assert [one.sent_at is not None for one in rows()] == [True] + [False] * 6
    assert {one.leased_until for one in rows()} == {None}


NAMES = (
    ("Emplois, Solidarités et Cie", "x, attacker@evil.example"),
    ("Association Le Relais, service insertion, formation et logement", 'Le "Lieu": <a@b.example>'),
    ("J. R. R. T.", "é" * 120),
)


def test_what_leaves_is_read_strictly_as_it_was_written(
    courier: Delivery, server: MailServer, database: None
) -> None:
    for name, sender in NAMES:
        reply_to = (sender, "noel@exemple.test")
        message = Message("http://portal.test/demandes", reply_to=reply_to, context={"name": name})
        with transaction():
            outbox.enqueue("tests/hello", Recipient("zoe@exemple.test", name), message)
    assert courier.deliver() == len(NAMES)
    for letter, one, (name, sender) in zip(server.letters, rows(), NAMES, strict=True):
        strict_mail.body_lines(letter.raw)
        found = strict_mail.headers(letter.raw)
        assert (letter.sender, letter.recipients) == ("portail@portal.test", ("zoe@exemple.test",))
        assert strict_mail.subject(found["subject"]) == one.subject == f"Bonjour {name}"
        assert strict_mail.mailbox(found["to"]) == Mailbox(name, "zoe@exemple.test")
        assert strict_mail.mailbox(found["reply-to"]) == Mailbox(sender, "noel@exemple.test")


def test_the_page_of_e_mails_says_the_true_reason_and_offers_no_vain_try(
    courier: Delivery, server: MailServer, write: Write, make: Builder, browse: Callable[..., Browser]
) -> None:
    write("hélène@exemple.test")
    courier.deliver()
    national = browse(make.national_admin())
    page = national.get("/emails").text
    assert "Cette adresse électronique n’est pas utilisable." in page
    assert f"/emails/{row().id}/reessayer" not in page
    assert national.post(f"/emails/{row().id}/reessayer").status_code == 409
    national.post("/emails/reessayer")
    assert row().given_up_at is not None


def test_an_answer_to_an_address_that_takes_none_never_costs_the_e_mail(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(message=Message("http://portal.test/demandes", reply_to=("Hélène", "hélène@exemple.test")))
    courier.deliver()
    assert "reply-to" not in strict_mail.headers(server.letters[0].raw)
