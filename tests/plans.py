"""How a database would look for rows, had it many of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from portal.db import db

Sent = list[tuple[str, Any]]


def plan_of(statement: Any, values: Mapping[str, Any] | None = None) -> str:
    """The plan of a statement, a step a line."""
    with _noted() as sent:
        db.session.execute(statement, values or {})
    return _plan(*sent[-1])


def plans_while(act: Callable[[], object]) -> dict[str, str]:
    """The plan of everything that is read while something is done, by statement."""
    with _noted() as sent:
        act()
    return {sql: _plan(sql, values) for sql, values in sent if sql.startswith(("SELECT", "WITH"))}


@contextmanager
def _noted() -> Iterator[Sent]:
    """What the database gets, with the names of columns and the values as its driver writes them."""
    sent: Sent = []

    def note(_connection, _cursor, sql: str, parameters: Any, *_others: Any) -> None:
        sent.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _plan(sql: str, parameters: Any) -> str:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return _lines(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
        connection.exec_driver_sql("SET enable_seqscan = off")
        try:
            return _lines(connection.exec_driver_sql(f"EXPLAIN {sql}", parameters))
        finally:
            connection.exec_driver_sql("SET enable_seqscan = on")


def _lines(rows: Any) -> str:
    return "\n".join(str(row[-1]) for row in rows)
