"""A database that is away, frozen or full: every door says 503, in a moment, with one line in the log."""

import contextlib
import logging
import re
import selectors
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

import config
from portal import create_app, engine
from portal.db import db
from tests.browser import Browser
from tests.builders import Builder

GONE = OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection"))


@pytest.fixture(scope="module")
def serving(start: Callable[[Any], Flask], database_url: str, app: Flask) -> Flask:
    """As in service: a failure is a page."""
    settings = config.Testing(database_url)
    settings.TESTING = False
    return start(settings)


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine._Outage, "noted", False)


@contextlib.contextmanager
def away(app: Flask, error: Exception) -> Iterator[None]:
    def refuse(*_everything: Any) -> None:
        raise error

    with app.app_context():
        found = db.engine
    event.listen(found, "checkout", refuse, insert=True)
    yield
    event.remove(found, "checkout", refuse)


def doors(app: Flask) -> list[tuple[str, str]]:
    """Every address with each of its methods, filled with something."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "quelque-chose", path)
        found += [(method, path) for method in sorted({"GET", "POST"} & (rule.methods or set()))]
    return found


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_door_says_so_or_needs_no_database(
    serving: Flask, make: Builder, caplog: pytest.LogCaptureFixture, signed_in: bool
) -> None:
    member = make.national_admin() if signed_in else None
    statuses, client = {}, Browser(serving, member).client
    serving.config["WTF_CSRF_CHECK_DEFAULT"] = False
    try:
        with away(serving, GONE), caplog.at_level(logging.INFO):
            for method, path in doors(serving):
                answer = client.open(path, method=method, data={"need": "Trois jours"})
                statuses[method, path] = answer.status_code
                if answer.status_code >= 500:
                    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), (method, path)
                    assert "X-Content-Type-Options" in answer.headers
    finally:
        serving.config["WTF_CSRF_CHECK_DEFAULT"] = True
    assert list(statuses.values()).count(503) > (len(statuses) / 2 if signed_in else 10)
    lines = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert not [one for one in lines if one.exc_info]
    assert [one.name for one in lines] == ["portal.engine"], "one line for an outage"
    if signed_in:
        assert statuses["GET", "/health"] == 503


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (GONE, True),
        (NoneFree("no connection is free"), True),
        (OperationalError("SELECT", {}, psycopg.errors.AdminShutdown()), True),
        (OperationalError("SELECT", {}, psycopg.errors.TooManyConnections()), True),
        (OperationalError("INSERT", {}, psycopg.errors.DiskFull()), True),
        (DBAPIError("INSERT", {}, psycopg.errors.ReadOnlySqlTransaction()), True),
        (OperationalError("INSERT", {}, psycopg.errors.DeadlockDetected()), True),
        (DBAPIError("SELECT", {}, psycopg.errors.UndefinedColumn()), False),
        (DBAPIError("INSERT", {}, psycopg.errors.UniqueViolation()), False),
        (OperationalError("SELECT", {}, sqlite3.OperationalError("no such column")), False),
        (ValueError("else"), False),
    ],
)
def test_mistakes_of_ours_are_no_outage(error: Exception, is_away: bool) -> None:
    assert engine.is_away(error) is is_away


@pytest.mark.of_database("sqlite")
def test_the_file_of_sqlite_is_its_users_alone(database_url: str, app: Flask) -> None:
    path = make_url(database_url).database
    assert path is not None
    for one in (path, f"{path}-wal", f"{path}-shm"):
        with contextlib.suppress(FileNotFoundError):
            assert Path(one).stat().st_mode & 0o777 == 0o600, one


_KEY = re.compile(rb"(K\x00\x00\x00\x0c)....", re.DOTALL)
"""The message in which a server says which of its processes answers."""


class Wire:
    """Between the portal and PostgreSQL: it can be cut, it can freeze, and it can call itself the server's process, as
    poolers do."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.frozen = self.cut = self.pools = self._ended = False
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listener, selectors.EVENT_READ)
            while not self._ended:
                if self.frozen:
                    time.sleep(0.05)
                    continue
                for key, _ in ready.select(0.05):
                    self._move(ready, key.fileobj)  # type: ignore[arg-type]  # always a socket
                if self.cut:
                    self._hang_up(ready)
            self._hang_up(ready)

    def _move(self, ready: selectors.BaseSelector, one: socket.socket) -> None:
        if one is self._listener:
            near, _ = one.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            self._pairs |= {near: far, far: near}
            for end in (near, far):
                ready.register(end, selectors.EVENT_READ)
            return
        data = b""
        with contextlib.suppress(OSError):
            data = one.recv(65536)
        if self.pools:
            data = _KEY.sub(lambda found: found[1] + b"\x7f\x01\x02\x03", data)
        if data and not self.cut:
            with contextlib.suppress(OSError):
                self._pairs[one].sendall(data)
        elif one in self._pairs:
            other = self._pairs.pop(one)
            self._pairs.pop(other, None)
            for end in (one, other):
                ready.unregister(end)
                end.close()

    def _hang_up(self, ready: selectors.BaseSelector) -> None:
        for one in list(self._pairs):
            ready.unregister(one)
            one.close()
        self._pairs.clear()

    def end(self) -> None:
        self._ended = True
        self._thread.join()
        self._listener.close()


OVER_A_WIRE = pytest.mark.of_database("postgresql")  # SQLite is a file


@pytest.fixture
def wire(database_url: str, app: Flask) -> Iterator[Wire]:
    folder = make_url(database_url).query["host"]
    found = Wire(f"{folder}/.s.PGSQL.5432")
    yield found
    found.frozen = False
    found.end()


@pytest.fixture
def over_wire(
    wire: Wire, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], tuple[int, float]]]:
    monkeypatch.setattr(engine._Patience, "seconds", 2.0)
    url = make_url(database_url).set(host="127.0.0.1", port=wire.port, query={})
    settings = config.Testing(url.render_as_string(hide_password=False))
    settings.TESTING = False
    application = create_app(settings)

    def ask() -> tuple[int, float]:
        began = time.monotonic()
        status = application.test_client().get("/services").status_code
        return status, time.monotonic() - began

    yield ask
    with application.app_context():
        db.engine.dispose()


@OVER_A_WIRE
def test_a_database_that_was_away_is_found_again(wire: Wire, over_wire) -> None:
    assert over_wire()[0] == 200
    wire.cut = True
    time.sleep(0.3)
    assert over_wire()[0] == 503
    wire.cut = False
    time.sleep(0.3)
    assert [over_wire()[0] for _ in range(3)] == [200, 200, 200]


@OVER_A_WIRE
def test_a_frozen_database_is_waited_for_a_few_seconds_only(wire: Wire, over_wire) -> None:
    assert over_wire()[0] == 200
    wire.frozen = True
    for _ in range(2):
        status, seconds = over_wire()
        assert status == 503
        assert seconds < engine.PING_SECONDS + engine.CONNECT_SECONDS + 5
    wire.frozen = False
    time.sleep(0.3)
    assert over_wire()[0] == 200


@OVER_A_WIRE
def test_a_long_statement_is_given_up_on_both_sides(wire: Wire, over_wire, app: Flask) -> None:
    over_wire()
    with psycopg.connect(
        f"host=127.0.0.1 port={wire.port} user=postgres dbname=postgres", autocommit=True
    ) as watch:
        connection = engine.Patient.connect(
            f"host=127.0.0.1 port={wire.port} user=postgres dbname=postgres", autocommit=True
        )
        connection.patience = 1.0
        with pytest.raises(psycopg.OperationalError, match="no answer within 1 seconds"):
            connection.execute("SELECT pg_sleep(60)")
        assert connection.closed
        time.sleep(0.5)
        running = (
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active'"
        )
        assert watch.execute(running + " AND pid <> pg_backend_pid()").fetchone() == (0,)


@OVER_A_WIRE
@pytest.mark.parametrize("pools", [False, True])
def test_statements_are_prepared_unless_a_pooler_stands_between(
    wire: Wire, database_url: str, pools: bool
) -> None:
    wire.pools = pools
    ours = create_engine(
        make_url(database_url).set(host="127.0.0.1", port=wire.port, query={}), **engine.OPTIONS
    )
    engine.set_up(ours)
    with ours.connect() as connection:
        for _time in range(8):
            connection.execute(text("SELECT 1 + 1"))
        kept = connection.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    ours.dispose()
    assert (kept == 0) is pools


def test_nothing_of_a_statement_is_in_its_error(app: Flask, database: None) -> None:
    assert db.engine.hide_parameters
    with pytest.raises(DBAPIError) as failed, db.engine.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "Zoé Petit"})
    assert "Zoé" not in str(failed.value)
