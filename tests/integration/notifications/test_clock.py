"""The clock of a machine goes a week forward, and back again: e-mails neither leave twice nor wait for that week."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from portal import clock
from portal.db import transaction
from portal.notifications import queries, rules
from portal.notifications.beats import service as beats
from portal.notifications.claims import service as claims
from portal.notifications.clocks import service as clocks
from portal.notifications.delivery.service import Delivery
from portal.notifications.returns import queries as returns
from portal.notifications.returns import service as noting
from tests.integration.notifications.conftest import Write, change, row, rows
from tests.jobs import do
from tests.smtp import MailServer

WEEK = timedelta(days=7)
JOB = "let go of e-mails that a wrong clock held"
ZOE = "zoe@exemple.test"


@pytest.fixture
def courier(server: MailServer, database: None) -> Iterator[Delivery]:
    made = Delivery()
    yield made
    made.close()


@pytest.fixture
def ahead() -> datetime:
    return clock.now() + WEEK


def test_what_is_sent_under_a_wrong_clock_is_sent_once(
    courier: Delivery, server: MailServer, write: Write, ahead: datetime
) -> None:
    write("a@exemple.test")
    with clock.travelling_to(ahead):
        courier.deliver()
        write("b@exemple.test")
        courier.deliver()
    for _ in range(2):
        do(JOB)
        courier.deliver()
    assert [letter.recipients[0][0] for letter in server.letters] == ["a", "b"]


def test_what_was_written_in_the_future_leaves_soon_and_is_dated_now(
    courier: Delivery, server: MailServer, write: Write, ahead: datetime
) -> None:
    with clock.travelling_to(ahead):
        write()
    assert courier.deliver() == 0
    assert do(JOB) == 1
    assert (courier.deliver(), len(server.letters)) == (1, 1)
    assert row().created_at <= clock.now()
    assert do(JOB) == 0


def test_what_a_dead_worker_held_leaves_as_well(courier: Delivery, write: Write, ahead: datetime) -> None:
    write()
    with clock.travelling_to(ahead):
        claims.claim()
    assert courier.deliver() == 0
    do(JOB)
    assert courier.deliver() == 1


def test_what_a_worker_holds_now_stays_in_its_hands(courier: Delivery, write: Write, ahead: datetime) -> None:
    with clock.travelling_to(ahead):
        write("a@exemple.test")
    write("b@exemple.test")
    change(next_attempt_at=clock.now())
    claims.claim()
    do(JOB)
    assert courier.deliver() == 0


@pytest.mark.parametrize("attempts", [1, rules.MOST_ATTEMPTS - 1])
def test_a_retry_comes_when_it_would_have(
    courier: Delivery, server: MailServer, write: Write, ahead: datetime, attempts: int
) -> None:
    write()
    change(attempts=attempts - 1)
    server.refuse(451, times=1)
    with clock.travelling_to(ahead):
        courier.deliver()
    do(JOB)
    assert (courier.deliver(), row().attempts) == (1, attempts)


def test_what_waits_for_its_day_is_left_alone(write: Write) -> None:
    write()
    friday_evening_to_tuesday = clock.now() + timedelta(days=4)
    change(next_attempt_at=friday_evening_to_tuesday)
    assert do(JOB) == 0
    change(next_attempt_at=claims.next_attempt(clock.now(), rules.MOST_ATTEMPTS), attempts=3)
    assert do(JOB) == 0


def test_what_waits_for_a_digest_comes_with_the_next(write: Write, ahead: datetime) -> None:
    with clock.travelling_to(ahead):
        write()
    change(next_attempt_at=None, digest_at=ahead)
    do(JOB)
    assert row().next_attempt_at is None
    digest_at = row().digest_at
    assert digest_at is not None
    assert digest_at <= clock.now()


def test_a_pause_neither_ends_too_soon_nor_stays(database: None, ahead: datetime) -> None:
    with transaction():
        for number in range(3):
            noting.note(ZOE, f"<{number}@x>", "550 5.1.1 Nobody of that name")
    with clock.travelling_to(ahead):
        assert returns.paused([ZOE]) == {ZOE}
    assert returns.paused([ZOE]) == {ZOE}
    with clock.travelling_to(ahead + timedelta(days=90)):
        assert returns.paused([ZOE]) == frozenset()


def test_a_dead_worker_seen_in_the_future_hides_nobody(database: None, ahead: datetime) -> None:
    with clock.travelling_to(ahead), transaction():
        beats.note_worker("dead", None)
    assert not queries.worker().alive
    with transaction():
        beats.note_worker("living", None)
    assert queries.worker().alive
    with transaction():
        beats.forget_workers(["living"])
    assert queries.workers() == []


def test_two_jobs_at_once_move_nothing_twice(write: Write, ahead: datetime) -> None:
    with clock.travelling_to(ahead):
        write("a@exemple.test", "b@exemple.test")
    with transaction():
        assert clocks.set_right([one.id for one in rows()]) == 2
        assert clocks.set_right([one.id for one in rows()]) == 0
