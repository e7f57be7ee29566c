"""The worker: it lives through a database and a mail server that are away, and says that it lives."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from types import FrameType

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.db import db, transaction
from portal.notifications import queries, rules
from portal.notifications.beats import service as beats
from portal.notifications.claims import service as claims
from portal.notifications.models import WorkerHeartbeat
from portal.notifications.worker import service as worker
from portal.notifications.worker.service import Stop, Worker
from tests.architecture.source import ROOT
from tests.days import days_ago
from tests.integration.notifications.conftest import Write, row, rows
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


def test_each_worker_of_a_machine_has_a_heartbeat_that_a_dead_one_leaves(
    hire: Hire, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, dead = socket.gethostname()[:60], 2**22 + 1
    with transaction():
        for name in (f"{here} 1", f"{here} {dead}", "elsewhere 1"):
            beats.note_worker(name, None)
    one = hire()
    one.step()
    assert {beat.name for beat in heartbeats()} == {f"{here} 1", f"{here} {os.getpid()}", "elsewhere 1"}
    one.close()
    assert {beat.name for beat in heartbeats()} == {f"{here} 1", "elsewhere 1"}


def test_a_worker_silent_for_a_week_is_forgotten(hire: Hire, server: MailServer) -> None:
    with transaction() as session:
        for name, days in (("old", 8), ("older than a day", 2)):
            session.add(WorkerHeartbeat(name=name, seen_at=days_ago(days)))
    hire().step()
    assert "older than a day" in {beat.name for beat in heartbeats()}
    assert "old" not in {beat.name for beat in heartbeats()}


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
    monkeypatch.setattr(claims, "something_is_due", lambda: asked.append(None) or True)
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
        patched.setattr(claims, "something_is_due", away)
        assert (one.step(), one.step()) == (0, 0)
    assert (one.step(), len(server.letters)) == (1, 1)


def job(name: str, do: Callable[[Sequence[int]], int], count: int = 1, at_once: int = 1) -> worker.Job:
    """Something to do to the numbers from 1."""
    return worker.Job(
        name, lambda after, most: range(after + 1, count + 1)[:most], do, at_once=at_once, locks=False
    )


def test_a_job_is_done_once_a_day(hire: Hire, server: MailServer) -> None:
    days: list[date] = []
    one = hire(job("note", lambda ids: days.append(clock.today()) or len(ids)))
    with time_machine.travel(clock.now(), tick=True) as traveller:
        one.step()
        one.step()
        traveller.shift(timedelta(days=1))
        one.step()
        assert days == [clock.today() - timedelta(days=1), clock.today()]


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize(("pause", "again"), [(600.0, []), (0.0, [1, 2, 3, 4, 5])])
def test_what_fails_stops_nothing_else_and_is_tried_again_later(
    hire: Hire,
    server: MailServer,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    pause: float,
    again: list[int],
    at_once: int,
) -> None:
    monkeypatch.setattr(worker, "JOB_PAUSE_SECONDS", pause)
    done: list[int] = []
    fails = [3]

    def do(ids: Sequence[int]) -> int:
        if set(fails).intersection(ids):
            raise ValueError("Zénobie Quintefeuille")
        done.extend(ids)
        return len(ids)

    write()
    others: list[int] = []
    one = hire(job("bad", do, count=5, at_once=at_once), job("good", lambda ids: others.extend(ids) or 1))
    assert one.step() == 1
    assert (sorted(done), others) == ([1, 2, 4, 5], [1])
    assert "daily job bad failed for 3: ValueError at" in caplog.text
    assert "Zénobie" not in caplog.text, "what people wrote stays out of logs"
    done.clear()
    fails.clear()
    for _ in range(3):
        one.step()
    assert (sorted(done), others) == (again, [1])


def test_a_job_that_cannot_look_stops_no_other(hire: Hire, server: MailServer) -> None:
    def look(after: int, most: int) -> Sequence[int]:
        raise ValueError("a bad day")

    others: list[int] = []
    one = hire(worker.Job("blind", look, len), job("good", lambda ids: others.extend(ids) or len(ids)))
    for _ in range(3):
        one.step()
    assert others == [1]


def test_a_long_job_lets_e_mails_leave_between_its_parts(
    hire: Hire, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "TRANSACTIONS", 2)
    done: list[int] = []
    one = hire(job("long", lambda ids: done.extend(ids) or len(ids), count=5))
    for expected in (2, 4, 5):
        write()
        assert one.step() == 1
        assert len(done) == expected
    assert done == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("times", [1, 3])
def test_what_the_server_took_leaves_once_though_the_note_of_it_must_wait(
    hire: Hire, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    write("a@exemple.test", "b@exemple.test", "c@exemple.test")
    sent, failures = claims.sent, [OperationalError("update", {}, Exception("database is locked"))] * times

    def busy(claimed: claims.Claimed, at: datetime) -> None:
        if failures:
            raise failures.pop()
        sent(claimed, at)

    monkeypatch.setattr(claims, "sent", busy)
    one = hire()
    for _ in range(times + 2):
        one.step()
    with time_machine.travel(clock.now() + claims.LEASE * 2):  # as if the lease had run out
        one.step()
    assert sorted(letter.recipients[0][0] for letter in server.letters) == ["a", "b", "c"]
    assert all(one.sent_at is not None and one.leased_until is None for one in rows())


def test_a_worker_told_to_stop_notes_what_the_server_took(
    hire: Hire, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    with monkeypatch.context() as patched:
        patched.setattr(
            claims, "sent", lambda *_: (_ for _ in ()).throw(OperationalError("", {}, Exception()))
        )
        one = hire()
        one.step()
    one.close()
    assert (len(server.letters), row().sent_at is not None) == (1, True)


def test_it_says_that_it_lives_between_two_e_mails_and_two_jobs(
    hire: Hire, server: MailServer, write: Write, monkeypatch: pytest.MonkeyPatch, queries: list[str]
) -> None:
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    write(*[f"a{number}@exemple.test" for number in range(5)])
    one = hire(job("first", len), job("second", len))
    queries.clear()
    one.step()
    said = [statement for statement in queries if "INSERT INTO worker_heartbeat" in statement]
    assert len(said) >= 5 + 2


def test_what_counts_as_silence_is_longer_than_the_slowest_e_mail_and_documented() -> None:
    assert worker.BEAT_SECONDS <= 20
    assert rules.SILENT > rules.LONGEST_SENDING + rules.BEAT
    probe = (ROOT / "docs" / "operations.md").read_text()
    assert f"silent for {rules.SILENT.total_seconds():.0f} seconds" in probe


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
