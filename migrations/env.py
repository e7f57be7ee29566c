"""Runs the migrations on the application's own engine, in one real transaction."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal import engine, schema
from portal.db import Model, Moment, db


def _render_item(kind: str, thing: object, autogen_context: object) -> str | bool:
    """Our types as plain SQL types: a migration must not change when the code does."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def _include_name(name: str | None, kind: str, parents: Any) -> bool:
    """All that models say: how each database looks for words is its own."""
    if kind == "column":
        return (parents["table_name"], name) != ("search_entry", "words")
    return not (name and name.startswith(("search_word", "ix_search_entry_words")))


def _run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    options = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_item=_render_item,
        include_name=_include_name,
        **options,
    )
    context.run_migrations()
    connection.commit()
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


with schema.answering(), db.engine.connect() as plain:
    engine.wait_for_ever(plain.connection.dbapi_connection)
    level = {} if plain.dialect.name == "sqlite" else {"isolation_level": "READ COMMITTED"}
    _run(plain.execution_options(**level) if level else plain)
