"""What tests share: the application on a migrated database, people, and browsers that check every page."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from config import Testing
from portal import create_app
from portal.accounts.models import Membership
from portal.db import Model, db
from tests import catalogues, postgres, relations
from tests.browser import Browser
from tests.builders import Builder

settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")  # on a busy machine, slow says nothing


DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=DATABASES,
        default="sqlite",
        help="where the tests keep their data",
    )


def pytest_configure(config: pytest.Config) -> None:
    if stale := catalogues.stale():
        pytest.exit(f"{stale[0]} is missing or older than its texts: run make setup-dev.", returncode=4)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other database alone is left out. What takes longest begins first: at the end no process waits
    for another one's."""
    here = DATABASES.index(config.getoption("--database"))
    marked = ((item, item.get_closest_marker("of_database")) for item in items)
    elsewhere = [item for item, mark in marked if mark and DATABASES.index(*mark.args) != here]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """All that was read stays until the end: looking for garbage in it again and again takes a tenth of the time."""
    gc.freeze()


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of this test process."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.sqlite'}"
        return
    with postgres.server() as url:
        name = f"portal_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
        yield postgres.create_database(url, name)
        postgres.drop_database(url, name)


@pytest.fixture(scope="session")
def app(database_url: str) -> Iterator[Flask]:
    """The application on a database made by its migrations."""
    application = create_app(Testing(database_url))
    with application.app_context():
        flask_migrate.upgrade(str(Path(application.root_path).parent / "migrations"))
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[Any], Flask]]:
    """Makes another application, from settings of its own; its connections are closed afterwards."""
    started: list[Flask] = []

    def another(settings: Any) -> Flask:
        started.append(create_app(settings))
        return started[-1]

    yield another
    for application in started:
        with application.app_context():
            db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """An application context on an empty database; what the test writes is really committed, then removed."""
    relations.set_apart_what_stays()
    with app.app_context():
        written: set[str] = set()

        def note(conn, cursor, statement: str, parameters, context, executemany) -> None:
            if statement.startswith("INSERT INTO "):
                written.add(statement.split()[2].strip('"'))

        event.listen(db.engine, "before_cursor_execute", note)
        yield
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.rollback()
        db.session.remove()
        _empty(written)


def _empty(tables: set[str]) -> None:
    with db.engine.connect() as connection:
        for name in _from_below():
            if name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
        connection.commit()


@cache
def _from_below() -> Sequence[str]:
    """The tables, each before those that its rows refer to."""
    return [table.name for table in reversed(Model.metadata.sorted_tables)]


@pytest.fixture
def make(database: None) -> Builder:
    """Builds organisations, people, services and requests, committed."""
    return Builder()


@pytest.fixture
def browse(app: Flask, database: None) -> Callable[[Membership | None], Browser]:
    """Opens pages as somebody (None: a visitor); every page is checked as a page."""

    def as_somebody(membership: Membership | None = None) -> Browser:
        return Browser(app, membership)

    return as_somebody


@pytest.fixture
def queries(database: None) -> Iterator[list[str]]:
    """The SQL statements sent since the list was last cleared."""
    seen: list[str] = []

    def note(conn, cursor, statement: str, parameters, context, executemany) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)
