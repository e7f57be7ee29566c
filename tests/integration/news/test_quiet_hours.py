"""Quiet hours hold when an e-mail would arrive, not only when it is written: after a retry, and after an outage."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from portal import clock
from portal.db import db, transaction
from portal.notifications.delivery.service import Delivery
from portal.notifications.mail.service import ServerAway
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import service
from portal.notifications.preferences.queries import topics
from portal.notifications.preferences.rules import Hours
from tests.integration.news.conftest import Told, accept, ask, written
from tests.smtp import MailServer, mail_server

EVENING = "2026-03-04T19:50"


@pytest.fixture(scope="module")
def one_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def courier(
    app: Flask, told: Told, one_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Delivery]:
    one_server.forget()
    monkeypatch.setitem(app.config, "MAIL_PORT", one_server.port)
    with transaction():
        service.set_hours(told.reader.person_id, Hours(quiet_from=20, quiet_until=8))
    made = Delivery()
    yield made
    made.close()


def at(text: str, place: str | None = None) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone_of(place))


def letter_of(told: Told) -> OutboxEmail:
    email = written(told.reader)[0]
    db.session.refresh(email)
    return email


def arrived(server: MailServer, told: Told) -> int:
    return len(server.to(told.reader.person.email))


def test_a_retry_does_not_wake_its_reader(courier: Delivery, one_server: MailServer, told: Told) -> None:
    address = told.reader.person.email
    one_server.refuse(451, recipient=address, times=1)
    with clock.travelling_to(at(EVENING)):
        accept(told)
    with clock.travelling_to(at("2026-03-04T19:59:59")):
        courier.deliver()
    with clock.travelling_to(at("2026-03-04T20:30")):
        courier.deliver()
    assert (arrived(one_server, told), letter_of(told).attempts) == (0, 1)
    assert letter_of(told).next_attempt_at == at("2026-03-05T08:00")
    with clock.travelling_to(at("2026-03-05T08:00")):
        courier.deliver()
    assert arrived(one_server, told) == 1


def test_what_an_outage_held_until_the_night_waits_for_the_morning(
    app: Flask, courier: Delivery, one_server: MailServer, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travelling_to(at(EVENING)):
        ask(told)
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    with clock.travelling_to(at("2026-03-04T19:55")), pytest.raises(ServerAway):
        courier.deliver()
    monkeypatch.setitem(app.config, "MAIL_PORT", one_server.port)
    for moment, count in (("2026-03-05T02:00", 0), ("2026-03-05T07:59", 0), ("2026-03-05T08:00", 1)):
        with clock.travelling_to(at(moment)):
            courier.deliver()
        assert arrived(one_server, told) == count, moment


def test_somebody_without_quiet_hours_hears_in_the_night(
    courier: Delivery, one_server: MailServer, told: Told
) -> None:
    with transaction():
        service.set_hours(told.reader.person_id, Hours())
    with clock.travelling_to(at(EVENING)):
        accept(told)
    with clock.travelling_to(at("2026-03-05T02:00")):
        courier.deliver()
    assert arrived(one_server, told) == 1


def test_the_night_is_that_of_the_place(courier: Delivery, one_server: MailServer, told: Told) -> None:
    with transaction():
        service.set_hours(told.reader.person_id, Hours(quiet_from=20, quiet_until=8, place="971"))
    with clock.travelling_to(at(EVENING, "971")):
        accept(told)
    for moment, count in (("2026-03-05T10:00", 0), ("2026-03-05T12:59", 0), ("2026-03-05T13:00", 1)):
        with clock.travelling_to(at(moment)):
            courier.deliver()
        assert arrived(one_server, told) == count, moment


def test_all_but_what_lets_somebody_in_waits_for_the_morning(told: Told) -> None:
    night, hours = at("2026-03-05T02:00"), Hours(quiet_from=20, quiet_until=8)
    leave = {
        topic.at_any_hour: {service.leaves_at(kind, hours, night) for kind in topic.kinds}
        for topic in topics()
    }
    assert leave == {True: {night}, False: {at("2026-03-05T08:00")}}
