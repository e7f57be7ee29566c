"""How a database would look for rows, had it many of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event

from portal.db import db


def plan_of(statement: Any, values: Mapping[str, Any] | None = None) -> str:
    """The plan of a statement, a step a line."""
    sql, parameters = _sent(statement, values or {})
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return _lines(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
        connection.exec_driver_sql("SET enable_seqscan = off")
        try:
            return _lines(connection.exec_driver_sql(f"EXPLAIN {sql}", parameters))
        finally:
            connection.exec_driver_sql("SET enable_seqscan = on")


def _sent(statement: Any, values: Mapping[str, Any]) -> tuple[str, Any]:
    """What the database gets, with the names of columns and the values as its driver writes them."""
    sent: list[tuple[str, Any]] = []

    def note(_connection, _cursor, sql: str, parameters: Any, *_others: Any) -> None:
        sent.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        db.session.execute(statement, values)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent[-1]


def _lines(rows: Any) -> str:
    return "\n".join(str(row[-1]) for row in rows)
