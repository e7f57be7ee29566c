"""What mail servers do on bad days: away, slow, busy, full, suspicious, without TLS; no e-mail is lost by it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal import clock
from portal.notifications import rules
from portal.notifications.delivery.service import Delivery
from portal.notifications.mail import service as mail
from portal.notifications.mail.service import ServerAway
from portal.notifications.rules import Trouble, trouble
from tests.integration.notifications.conftest import Write, change, row, rows
from tests.smtp import Failure, MailServer, Moment

HERE, THERE = [f"a{number}@exemple.test" for number in range(3)], "zoe@ailleurs.test"


@pytest.fixture
def courier(server: MailServer, database: None) -> Iterator[Delivery]:
    made = Delivery()
    yield made
    made.close()


@pytest.fixture
def other_server(app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of two servers, which share a port as two machines would, is away."""
    monkeypatch.setitem(app.config, "MAIL_SERVER", "::1")
    monkeypatch.setitem(app.config, "MAIL_OTHER_SERVERS", ("127.0.0.1",))


def answers(server: MailServer, answer: str, recipient: str | None = None, times: int = 1) -> None:
    moment = Moment.RECIPIENT if recipient else Moment.MESSAGE
    server.failure = Failure(moment, answer, recipient, times)


@pytest.mark.usefixtures("other_server")
def test_the_next_server_is_used_while_the_first_is_away(server: MailServer, write: Write) -> None:
    write(*HERE)
    courier = Delivery()
    assert courier.deliver() == 3
    courier.close()
    assert (len(server.letters), {one.attempts for one in rows()}) == (3, {0})


@pytest.mark.usefixtures("other_server")
def test_a_server_that_was_away_is_passed_over_and_asked_again_later(
    app: Flask, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    usual = mail._Patient.configure_host

    def configure_host(self: mail._Patient) -> object:
        asked.append(self._server)
        return usual(self)

    monkeypatch.setattr(mail._Patient, "configure_host", configure_host)
    courier = Delivery()
    for _ in range(2):
        write()
        assert courier.deliver() == 1
        courier.close()
    assert asked == ["::1", "127.0.0.1", "127.0.0.1"]
    courier._connection._away_until["::1"] = float("-inf")  # later
    write()
    assert courier.deliver() == 1
    courier.close()
    assert asked[3:] == ["::1", "127.0.0.1"]


def test_all_servers_away_is_nobodys_fault(app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    monkeypatch.setitem(app.config, "MAIL_OTHER_SERVERS", ("::1",))
    write()
    with pytest.raises(ServerAway):
        Delivery().deliver()
    assert (row().attempts, row().leased_until) == (0, None)


def test_a_domain_that_asks_for_less_is_left_alone_and_the_others_are_served(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(*HERE, THERE)
    answers(server, "450 4.7.1 Too many messages, slow down", HERE[0])
    courier.deliver()
    assert [one.sent_at is not None for one in rows()] == [False, False, False, True]
    assert [one.attempts for one in rows()] == [1, 0, 0, 0], "the others of the domain were not tried"
    waits = [one.next_attempt_at - clock.now() for one in rows()[1:3] if one.next_attempt_at]
    assert all(rules.PUT_OFF_FOR * 0.7 < wait < rules.PUT_OFF_FOR * 1.3 for wait in waits)
    assert waits[0] != waits[1], "chance spreads them"
    assert courier.deliver() == 0


def test_a_server_that_says_goodbye_costs_the_next_e_mail_nothing(
    courier: Delivery, server: MailServer, write: Write
) -> None:
    write(HERE[0], THERE)
    answers(server, "421 4.3.2 Going down", HERE[0])
    courier.deliver()
    assert [(one.sent_at is not None, one.attempts) for one in rows()] == [(False, 1), (True, 0)]


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("450 4.2.0 Greylisted, come back in five minutes", Trouble.LATER),
        ("452 4.2.2 The mailbox is full", Trouble.MAILBOX_FULL),
    ],
)
def test_one_mailbox_that_waits_holds_up_nobody_else(
    courier: Delivery, server: MailServer, write: Write, answer: str, meaning: Trouble
) -> None:
    write(*HERE)
    answers(server, answer, HERE[0])
    assert courier.deliver() == 3
    assert [one.sent_at is not None for one in rows()] == [False, True, True]
    assert trouble(rows()[0].last_error or "") is meaning
    change(next_attempt_at=clock.now())
    courier.deliver()
    assert len(server.to(HERE[0])) == 1


def test_a_slow_server_is_waited_for_so_long_and_no_longer(
    app: Flask, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT", 0.3)
    courier = Delivery()
    write()
    server.wait(2)
    courier.deliver()
    assert (row().attempts, row().sent_at) == (1, None)
    assert trouble(row().last_error or "") is Trouble.NO_ANSWER
    courier.close()


@pytest.mark.usefixtures("server")
def test_without_the_tls_that_was_asked_for_nothing_leaves(
    app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_USE_TLS", True)
    write()
    with pytest.raises(ServerAway, match="STARTTLS"):
        Delivery().deliver()
    assert (row().attempts, row().sent_at, row().leased_until) == (0, None, None)
