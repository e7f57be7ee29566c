"""The worker: it lives through a database and a mail server that are away, and says that it lives."""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import FrameType

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.db import db, transaction
from portal.notifications import outbox, queries, worker
from portal.notifications.models import WorkerHeartbeat
from portal.notifications.worker import Stop, Worker
from tests.integration.notifications.conftest import Write, row
from tests.smtp import MailServer

Hire = Callable[..., Worker]


@pytest.fixture
def hire(database: None) -> Iterator[Hire]:
    """Make workers with these daily jobs."""
    hired: list[Worker] = []

    def make(*jobs: worker.Job) -> Worker:
        hired.append(Worker(jobs, Stop()))
        return hired[-1]

    yield make
    for one in hired:
        one.close()
    with transaction() as session:
        session.execute(delete(WorkerHeartbeat))


def heartbeats() -> list[WorkerHeartbeat]:
    found = select(WorkerHeartbeat).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def test_a_step_sends_what_is_due(hire: Hire, server: MailServer, write: Write) -> None:
    one = hire()
    assert one.step() == 0
    write()
    assert (one.step(), len(server.letters)) == (1, 1)


def test_it_says_that_it_lives_but_not_at_every_step(
    hire: Hire, server: MailServer, queries: list[str]
) -> None:
    one = hire()
    queries.clear()
    for _ in range(20):
        one.step()
    assert len(heartbeats()) == 1
    assert len([statement for statement in queries if "INSERT INTO worker_heartbeat" in statement]) == 1


def test_workers_of_one_machine_share_a_heartbeat(hire: Hire, server: MailServer) -> None:
    for _ in range(2):
        hire().step()
    assert len(heartbeats()) == 1


def test_it_says_since_when_the_mail_server_is_away_and_when_it_is_back(
    hire: Hire, app: Flask, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    app.config["MAIL_PORT"] = 1
    write()
    one = hire()
    one.step()
    (since,) = [beat.mail_away_since for beat in heartbeats()]
    one.step()
    state = queries.worker()
    assert (state.alive, state.mail_away_since) == (True, since)
    assert "ConnectionRefusedError" in str(state.mail_error)
    assert (row().attempts, row().leased_until) == (0, None)
    app.config["MAIL_PORT"] = server.port
    again = hire()
    assert again.step() == 1
    assert (queries.worker().mail_away_since, queries.worker().mail_error) == (None, None)


def test_a_mail_server_that_is_away_is_asked_less_and_less_often(
    hire: Hire, app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[None] = []
    monkeypatch.setattr(outbox, "something_is_due", lambda: asked.append(None) or True)
    app.config["MAIL_PORT"], usual = 1, app.config["MAIL_PORT"]
    one = hire()
    for _ in range(5):
        one.step()
    app.config["MAIL_PORT"] = usual
    assert len(asked) == 1


def test_a_database_that_is_away_is_waited_for(
    hire: Hire, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> bool:
        raise OperationalError("select", {}, Exception("the database is away"))

    write()
    one = hire()
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "something_is_due", away)
        assert (one.step(), one.step()) == (0, 0)
    assert (one.step(), len(server.letters)) == (1, 1)


def test_a_job_runs_once_a_day(hire: Hire, server: MailServer) -> None:
    days: list[date] = []
    one = hire(days.append)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        one.step()
        one.step()
        traveller.shift(timedelta(days=1))
        one.step()
        assert days == [clock.today() - timedelta(days=1), clock.today()]


@pytest.mark.parametrize(("pause", "expected"), [(600.0, ["bad", "good"]), (0.0, ["bad", "good", "bad"])])
def test_a_job_that_fails_stops_nothing_and_is_tried_again_later(
    hire: Hire,
    server: MailServer,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
    expected: list[str],
) -> None:
    monkeypatch.setattr(worker, "JOB_PAUSE_SECONDS", pause)
    runs: list[str] = []

    def bad(today: date) -> None:
        runs.append("bad")
        if len(runs) == 1:
            raise ValueError("a bad day")

    def good(today: date) -> None:
        runs.append("good")

    write()
    one = hire(bad, good)
    assert one.step() == 1
    for _ in range(3):
        one.step()
    assert runs == expected


def test_a_signal_ends_the_wait_at_once() -> None:
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    usual = signal.signal(signal.SIGALRM, ask)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    began = time.monotonic()
    stop.wait(30)
    signal.signal(signal.SIGALRM, usual)
    assert stop.is_set()
    assert time.monotonic() - began < 5
