"""The demonstration: invented once by a test process, then copied for the tests of each file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.db import Model, db, transaction
from portal.demo import load
from portal.demo.load import Loaded


@pytest.fixture(scope="session")
def invented(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Loaded]:
    """A file of SQLite that holds the demonstration, and what that is."""
    kept = tmp_path_factory.mktemp("demonstration") / "portal.sqlite"
    with app.app_context():
        with transaction():
            loaded = load.load()
        assert loaded is not None, "the database was not empty"
        with closing(sqlite3.connect(kept)) as copy, closing(_of_the_tests()) as own:
            own.backup(copy)
        _empty()
    return kept, loaded


@pytest.fixture(scope="module")
def demonstration(app: Flask, invented: tuple[Path, Loaded]) -> Iterator[Loaded]:
    """An application context on a database that holds the demonstration; emptied afterwards."""
    kept, loaded = invented
    with app.app_context():
        with closing(sqlite3.connect(kept)) as copy, closing(_of_the_tests()) as own:
            copy.backup(own)
        yield loaded
        db.session.rollback()
        _empty()


def _of_the_tests() -> Any:
    return sqlite3.connect(db.engine.url.database or "")


def _empty() -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        for table in reversed(Model.metadata.sorted_tables):
            connection.execute(text(f'DELETE FROM "{table.name}"'))
        connection.commit()
