"""Real workers in processes of their own, stopped, killed and together: nothing lost, at most one duplicate."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from random import Random

import pytest
from sqlalchemy import delete, func, select, text

from portal import clock
from portal.db import db, transaction
from portal.notifications.delivery.service import Delivery
from portal.notifications.models import WorkerHeartbeat
from tests import killing
from tests.integration.notifications.conftest import Write, change, rows
from tests.killing import Pace
from tests.smtp import MailServer
from tests.waiting import LONGEST, until

COUNT = 40
PEOPLE = [f"a{number}@exemple.test" for number in range(COUNT)]
SECONDS_EACH = 0.02
StartWorker = Callable[[], ForkServerProcess]


@pytest.fixture
def start_worker(database_url: str, server: MailServer, database: None) -> Iterator[StartWorker]:
    started: list[ForkServerProcess] = []

    def start() -> ForkServerProcess:
        started.append(killing.begin(database_url, server.port))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()
    forget_workers()


def forget_workers() -> None:
    with transaction() as session:
        session.execute(delete(WorkerHeartbeat))


def beating() -> int:
    """How many workers have begun."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WorkerHeartbeat)) or 0


def ended(process: ForkServerProcess) -> int | None:
    """The exit code of a worker that is asked to stop."""
    process.terminate()
    process.join(LONGEST)
    return process.exitcode


def received(server: MailServer) -> Counter[str]:
    """Message-ID → how often it arrived."""
    return Counter(str(message["Message-ID"]) for message in list(server.messages))


def test_a_killed_worker_loses_nothing_and_repeats_at_most_one(
    start_worker: StartWorker, server: MailServer, write: Write
) -> None:
    write(*PEOPLE)
    server.wait(SECONDS_EACH)
    for arrived in (COUNT // 4, COUNT // 2):
        process = start_worker()
        server.wait_for(arrived)
        process.kill()
        process.join()
        change(leased_until=clock.now() - timedelta(seconds=1))  # the lease runs out
    server.recover()
    courier = Delivery()
    while courier.deliver():
        pass
    courier.close()
    assert {one.sent_at is not None for one in rows()} == {True}
    times = received(server)
    assert set(times) == {one.message_id for one in rows()}
    assert sum(times.values()) <= COUNT + 2
    assert max(times.values()) <= 2


def test_two_workers_killed_at_random_lose_nothing_and_repeat_at_most_one_a_kill(
    database_url: str, server: MailServer, write: Write
) -> None:
    kills, people = 3, [f"a{number}@exemple.test" for number in range(60)]
    write(*people)
    server.wait(SECONDS_EACH)
    with killing.pair(database_url, server, Pace(batch=5, lease=timedelta(minutes=5))) as workers:
        workers.kill_at_random(kills, len(people), Random())
    server.recover()
    change(leased_until=None)  # what the killed ones held
    courier = Delivery()
    while courier.deliver():
        pass
    courier.close()
    forget_workers()
    assert killing.faults(server, kills) == []
    assert {one.recipient for one in rows()} == set(people)


def end_connections_of_others() -> None:
    """As a restart of PostgreSQL does, to all but who asks."""
    db.session.remove()
    db.engine.dispose()
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    db.session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


@pytest.mark.of_database("postgresql")
def test_a_database_restarted_while_sending_costs_no_e_mail_and_repeats_none(
    database_url: str, server: MailServer, write: Write
) -> None:
    write(*PEOPLE)
    server.wait(SECONDS_EACH)
    with killing.pair(database_url, server, Pace(batch=5, lease=timedelta(seconds=20))):
        for arrived in (1, COUNT // 4, COUNT // 2):
            server.wait_for(arrived)
            end_connections_of_others()
        server.wait_for(COUNT)
        killing.wait_until_sent()
    forget_workers()
    assert set(received(server).values()) == {1}
    assert {one.leased_until for one in rows()} == {None}


def test_two_workers_send_each_e_mail_once(
    start_worker: StartWorker, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.wait(SECONDS_EACH)
    workers = [start_worker(), start_worker()]
    until(lambda: beating() == len(workers), "not both workers began")
    for start in range(0, COUNT, 4):
        write(*PEOPLE[start : start + 4])
    server.wait_for(COUNT)
    until(lambda: all(one.sent_at for one in rows()), "not all are noted as sent")
    assert set(received(server).values()) == {1}
    for process in workers:
        assert ended(process) == 0


def test_asked_to_stop_in_the_middle_it_ends_at_once_and_holds_nothing(
    start_worker: StartWorker, server: MailServer, write: Write
) -> None:
    write(*PEOPLE)
    server.wait(SECONDS_EACH)
    process = start_worker()
    server.wait_for(3)
    assert ended(process) == 0
    assert {one.leased_until for one in rows()} == {None}
    assert len([one for one in rows() if one.sent_at]) == len(server.letters) < COUNT


def test_an_idle_worker_stops_when_asked(start_worker: StartWorker, server: MailServer, write: Write) -> None:
    write()
    process = start_worker()
    server.wait_for(1)
    assert ended(process) == 0
