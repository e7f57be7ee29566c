"""What tests of the search share."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from portal.db import db


@pytest.fixture
def plan(database: None) -> Callable[[Any], str]:
    """How the database would look for a statement, had it many rows."""

    def explained(statement: Any) -> str:
        drawn = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {drawn}")
                return "\n".join(row[3] for row in rows)
            connection.execute(text("SET enable_seqscan = off"))
            found = "\n".join(
                row[0] for row in connection.exec_driver_sql(f"EXPLAIN {drawn}".replace("%", "%%"))
            )
            connection.execute(text("SET enable_seqscan = on"))
            return found

    return explained
