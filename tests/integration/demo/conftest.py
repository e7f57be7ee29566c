"""The demonstration, loaded once for the tests of a file."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from portal.db import Model, db, transaction
from portal.demo import load
from portal.demo.load import Loaded


@pytest.fixture(scope="module")
def demonstration(app: Flask) -> Iterator[Loaded]:
    """An application context on a database that holds the demonstration; emptied afterwards."""
    with app.app_context():
        with transaction():
            loaded = load.load()
        assert loaded is not None, "the database was not empty"
        yield loaded
        db.session.rollback()
        db.session.remove()
        with db.engine.connect() as connection:
            for table in reversed(Model.metadata.sorted_tables):
                connection.execute(text(f'DELETE FROM "{table.name}"'))
            connection.commit()
