"""All daily jobs: two workers at once, something that fails, and somebody who comes back meanwhile."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.notifications.models import OutboxEmail
from portal.notifications.worker.service import Job, Walk
from tests.builders import Builder
from tests.integration.operations.due import DUE
from tests.jobs import JOBS
from tests.races import Meet, all_at_once
from tests.waiting import LONGEST

UNITS = 3
every_job = pytest.mark.parametrize("name", sorted(DUE))
those_to_come_back_to = pytest.mark.parametrize("name", sorted(name for name in DUE if DUE[name].back))


@pytest.fixture(autouse=True)
def _own_folder(app: Flask, tmp_path: Path) -> Iterator[None]:
    usual, app.config["FILES_FOLDER"] = app.config["FILES_FOLDER"], str(tmp_path)
    yield
    app.config["FILES_FOLDER"] = usual


@pytest.fixture(autouse=True)
def _people_are_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "at_work", lambda _place: True)


def found_by(job: Job) -> Sequence[Any]:
    return job.due(job.first, 1000)


def some_due(make: Builder, name: str) -> Job:
    for _ in range(UNITS):
        DUE[name].make(make)
    assert len(found_by(JOBS[name])) == UNITS
    return JOBS[name]


def kinds() -> Counter[str]:
    """The e-mails written, and not those that are there to be forgotten."""
    return Counter(db.session.scalars(select(OutboxEmail.kind).where(OutboxEmail.sent_at.is_(None))))


def test_each_job_has_something_due_here() -> None:
    assert set(DUE) == set(JOBS)


@every_job
def test_one_worker_does_all_that_is_due(make: Builder, name: str) -> None:
    walk = Walk(some_due(make, name)).to_the_end()
    assert (walk.done, walk.failed) == (UNITS, 0)
    assert sum(kinds().values()) == UNITS * DUE[name].tells, kinds()
    again = Walk(JOBS[name]).to_the_end()
    assert (again.done == 0 or name == "ask for reviews", again.failed) == (True, 0)
    assert sum(kinds().values()) == UNITS * DUE[name].tells, "told once"


@every_job
def test_two_workers_at_once_do_each_thing_once(app: Flask, make: Builder, name: str) -> None:
    job = some_due(make, name)

    def work(_number: int, meet: Meet) -> Walk:
        def look(after: Any, most: int) -> Sequence[Any]:
            keys = job.due(after, most)
            if after == job.first:
                meet()
            return keys

        with app.app_context():
            return Walk(replace(job, due=look)).to_the_end()

    walks = all_at_once(2, work)
    assert [walk.failed for walk in walks] == [0, 0]
    if name not in {"ask for reviews", "remove orphaned files"}:  # the second time does nothing, and counts
        assert sum(walk.done for walk in walks) == UNITS
    assert sum(kinds().values()) == UNITS * DUE[name].tells, kinds()
    subjects = select(JournalEntry.act, JournalEntry.subject, JournalEntry.subject_id)
    noted = Counter(
        tuple(row) for row in db.session.execute(subjects.where(JournalEntry.subject_id.is_not(None)))
    )
    assert all(count == 1 for count in noted.values()), noted


@every_job
def test_one_that_fails_stops_no_other(make: Builder, name: str, caplog: pytest.LogCaptureFixture) -> None:
    job = some_due(make, name)
    bad = found_by(job)[0]

    def do(keys: Sequence[Any]) -> int:
        done = job.do(keys)
        if bad in keys:
            raise ValueError("Zénobie Quintefeuille")
        return done

    walk = Walk(replace(job, do=do)).to_the_end()
    assert (walk.done, walk.failed) == (UNITS - 1, 1)
    assert f"daily job {name} failed for {bad}: ValueError" in caplog.text
    assert "Zénobie" not in caplog.text
    if job.locks:
        assert found_by(job)[0] == bad, "it is as it was"


@those_to_come_back_to
def test_who_comes_back_while_the_job_waits_is_spared(app: Flask, make: Builder, name: str) -> None:
    job = some_due(make, name)
    keys = found_by(job)
    back = DUE[name].back
    assert back is not None
    told, began = kinds(), threading.Event()

    def work() -> int:
        with app.app_context():
            began.set()
            walk = Walk(replace(job, due=lambda _after, _most: keys))
            walk.go_on()
            assert not walk.failed
            return walk.done

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            for key in keys:
                back(key)
            session.flush()
            working = pool.submit(work)
            began.wait()
            threading.Event().wait(0.2)  # the worker is at the lock
        assert working.result(timeout=LONGEST) == 0
    told_more = kinds() - told
    assert not told_more, told_more
