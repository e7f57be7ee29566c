"""What a probe is told: why nobody can work, and what somebody should look at."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.db import db, transaction
from portal.home import queries as home
from portal.notifications.models import OutboxEmail, WorkerHeartbeat
from tests.browser import Browser
from tests.builders import Builder

Browse = Callable[..., Browser]
HOURS = timedelta(hours=2)


@pytest.fixture
def ask(browse: Browse) -> Callable[[], tuple[int, dict[str, Any]]]:
    def health() -> tuple[int, dict[str, Any]]:
        answer = browse(None).get("/health")
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status_code, dict(answer.json or {})

    return health


@contextmanager
def refusing(error: Exception, words: str = "") -> Iterator[None]:
    """Statements with these words fail, in the database's own way."""

    def refuse(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if words in statement:
            raise error

    event.listen(db.engine, "before_cursor_execute", refuse)
    yield
    event.remove(db.engine, "before_cursor_execute", refuse)


def worker(name: str, silent: timedelta = timedelta(), **trouble: Any) -> None:
    with transaction() as session:
        session.add(WorkerHeartbeat(name=name, seen_at=clock.now() - silent, **trouble))


def email(**values: Any) -> None:
    row = {
        "kind": "x",
        "recipient": "zoe@exemple.test",
        "recipient_name": "Zoé",
        "language": "fr",
        "html": "",
    }
    with transaction() as session:
        session.add(OutboxEmail(**row, subject="", text="", message_id=str(values), **values))


def sqlite_error(code: int) -> OperationalError:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    return OperationalError("UPDATE", {}, error)


def test_all_is_well(ask) -> None:
    worker("one", timedelta(seconds=40))
    status, found = ask()
    assert (status, found["live"], found["ready"]) == (200, True, True)
    assert (found["failures"], found["warnings"]) == ([], [])
    assert found["schema"]["found"] == found["schema"]["wanted"]
    assert found["files"]["writable"]
    assert 40 <= found["worker_silent_seconds"] < 60


@pytest.mark.parametrize(
    ("error", "words", "failure"),
    [
        (OperationalError("SELECT", {}, psycopg.OperationalError("away")), "", "database"),
        (sqlite_error(14), "", "database"),
        (OperationalError("UPDATE", {}, psycopg.errors.ReadOnlySqlTransaction("no")), "UPDATE", "writing"),
        (OperationalError("UPDATE", {}, psycopg.errors.DiskFull("no")), "UPDATE", "writing"),
        (sqlite_error(8), "UPDATE", "writing"),
        (sqlite_error(13), "UPDATE", "writing"),
    ],
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_stops_everybody_is_a_503_in_json(
    browse: Browse, make: Builder, error: Exception, words: str, failure: str, signed_in: bool
) -> None:
    browser = browse(make.coordinator() if signed_in else None)
    with refusing(error, words):
        answer = browser.get("/health")
    assert answer.status_code == 503
    assert answer.json is not None
    assert (answer.json["ready"], answer.json["failures"]) == (False, [failure])


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_tables_of_another_version_stop_everybody(ask, version: str) -> None:
    with db.engine.connect() as connection:
        (usual,) = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": version})
    try:
        status, found = ask()
    finally:
        with db.engine.connect() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": usual})
    assert (status, found["failures"], found["schema"]["found"]) == (503, ["schema"], [version])


@pytest.mark.usefixtures("database")
def test_somebody_who_writes_just_now_is_no_failure(ask) -> None:
    with db.engine.connect() as other:
        if db.engine.dialect.name == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql("BEGIN")
            other.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        assert ask()[0] == 200
        other.exec_driver_sql("ROLLBACK")


def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1024))


WARNINGS: dict[str, Callable[[], None]] = {
    "worker": lambda: worker("dead", HOURS),
    "mail_away": lambda: worker(
        "other", mail_away_since=clock.now() - HOURS, mail_error="hidden zoe@exemple.test"
    ),
    "mail_late": lambda: email(created_at=clock.now() - HOURS, next_attempt_at=clock.now() - HOURS),
    "mail_given_up": lambda: email(given_up_at=clock.now() - HOURS, next_attempt_at=None),
}


@pytest.mark.parametrize("warning", WARNINGS)
def test_what_somebody_should_look_at_is_a_warning_and_names_nobody(ask, warning: str) -> None:
    worker("alive")
    WARNINGS[warning]()
    status, found = ask()
    assert (status, found["ready"], found["warnings"]) == (200, True, [warning])
    assert "exemple.test" not in str(found)
    assert "Zoé" not in str(found)


def test_an_email_that_waited_for_the_morning_is_not_late_when_it_may_leave(ask) -> None:
    worker("alive")
    email(created_at=clock.now() - HOURS, next_attempt_at=clock.now())
    assert ask()[1]["warnings"] == []


def test_every_warning_is_tried_here() -> None:
    assert set(home.WARNINGS) == {*WARNINGS, "files", "disk", "scanner"}


def test_no_worker_at_all_is_a_warning(ask) -> None:
    assert ask()[1]["warnings"] == ["worker"]


def test_a_folder_that_cannot_be_written_or_is_full_is_a_warning(
    ask, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worker("alive")
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(app.config, "FILES_FOLDER", str(tmp_path / "file" / "folder"))
    assert ask()[1]["warnings"] == ["files"]
    monkeypatch.setitem(app.config, "FILES_FOLDER", str(tmp_path))
    _full(monkeypatch)
    assert ask()[1]["warnings"] == ["disk"]
