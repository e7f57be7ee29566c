"""The database, and the only code that commits.

Reads run in autocommit: nothing is held between two statements. `transaction()` opens a real transaction; on SQLite
it takes the write lock at once (BEGIN IMMEDIATE), since two writers that first read would overwrite each other.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVarTuple

from flask import Flask, Response
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    DateTime,
    Dialect,
    Enum,
    Executable,
    Insert,
    MetaData,
    Select,
    bindparam,
    event,
    func,
    inspect,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Result
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, UOWTransaction
from sqlalchemy.types import TypeDecorator

from portal import engine


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which keeps no zone, gets it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone: use clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def written(word: str, kind: Any = None) -> ColumnElement[Any]:
    """A word of the code, written in the statement, not sent with it: PostgreSQL plans once for all, and uses indexes
    that hold some words only. `kind`: its type."""
    if not word.isidentifier():
        raise ValueError(f"not a word of the code: {word!r}")
    return literal_column(f"'{word}'", kind)


class Words(Enum):
    """A closed vocabulary. What it is compared with is written in the statement, in one order."""

    cache_ok = True

    class Comparator(Enum.Comparator):
        def operate(self, op: Any, *other: Any, **options: Any) -> Any:
            return super().operate(op, *(self._written(each) for each in other), **options)

        def _written(self, other: Any) -> Any:
            if isinstance(other, StrEnum):
                return written(other.value, self.type)
            if isinstance(other, Collection) and other and all(isinstance(each, StrEnum) for each in other):
                return [self._written(each) for each in sorted(other)]
            return other

    comparator_factory = Comparator


def words(vocabulary: type[StrEnum], name: str) -> Words:
    """A closed vocabulary stored as its words, kept by a CHECK constraint called `name`."""
    return Words(
        vocabulary,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda kinds: [kind.value for kind in kinds],
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True, session_options={"expire_on_commit": False})
migrate = Migrate()
log = logging.getLogger(__name__)
Columns = TypeVarTuple("Columns")
_VERSION = "UPDATE alembic_version SET version_num = version_num"
_UNLOCKED = " WHERE version_num IN (SELECT version_num FROM alembic_version FOR UPDATE SKIP LOCKED)"
_REWRITE = {"sqlite": text(_VERSION), "postgresql": text(_VERSION + _UNLOCKED)}


def rises_with(model: type[Any], shown: Sequence[str]) -> None:
    """Whoever changes what calendars show of a row, by the name of its columns, its `sequence` rises: they take nothing
    that does not (RFC 5545, 3.8.7.4)."""

    def rise(_mapper: Any, _connection: Any, row: Any) -> None:
        attributes = inspect(row).attrs
        if any(attributes[name].history.has_changes() for name in shown):
            row.sequence += 1

    event.listen(model, "before_update", rise)


class WriteOutsideTransaction(RuntimeError):
    """Something was written outside `transaction()`."""


class UnsavedChanges(RuntimeError):
    """A view changed something and answered without saving it."""


class ReadOnly(RuntimeError):
    """This request may write nothing, whatever the code that tries."""


def refuse_writes() -> None:
    """Let nothing be written until the end of this request."""
    db.session().info["read_only"] = True


@contextmanager
def reading_only() -> Iterator[None]:
    """Let nothing be written in the block."""
    info = db.session().info
    before = info.get("read_only", False)
    info["read_only"] = True
    try:
        yield
    finally:
        info["read_only"] = before


def may_write() -> bool:
    """May this request write at all?"""
    return not db.session().info.get("read_only", False)


def _require_writable(session: Session) -> None:
    if not may_write():
        raise ReadOnly("this request was declared read-only")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run the block in one transaction: committed at its end, rolled back on any error. Edges only; no nesting.

    After an error everything loaded is detached: the page that says so can still show who is signed in, and nothing
    of what was half done can be saved later. What a view shows then, it reads again.
    """
    session = db.session()
    if session.info.get("writable"):
        raise RuntimeError("transaction() does not nest: only the edge opens one")
    _require_writable(session)
    _refuse_pending(session)
    session.commit()
    session.info["writable"] = True
    try:
        _begin(session)
        yield session
        session.commit()
    except BaseException:
        session.expunge_all()
        session.rollback()
        raise
    finally:
        session.info.pop("writable", None)


def when_run(read: Callable[[], Any], kind: Any = None) -> BindParameter[Any]:
    """A value that is read each time the statement is run: what is built once needs it of clocks and sessions.

    `kind`: its type, where it is not compared with a column.
    """
    return bindparam(None, callable_=read, type_=kind)


INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""By the name of the database: ON CONFLICT is theirs."""


def inserting(table: Any) -> Any:
    """An INSERT that may go on with ON CONFLICT."""
    return INSERTS[db.engine.dialect.name](table)


def write_alone(statement: Executable, values: Mapping[str, Any]) -> None:
    """One statement that is a transaction of its own, on the connection that the session reads with: a quarter of the
    round trips of `transaction()`."""
    session = db.session()
    if session.info.get("writable"):
        raise RuntimeError("inside transaction(), execute it there")
    _require_writable(session)
    session.connection().execute(statement, values)


def plain_rows(
    statement: Select[*Columns] | CompoundSelect[*Columns], values: Mapping[str, Any]
) -> Result[*Columns]:
    """What a statement of columns finds, where nothing of it becomes an object: asked of the connection that the
    session reads with, which costs a third of asking the session. What a transaction changed is sent before."""
    if not statement.is_select:
        raise TypeError("plain rows are only read")
    session = db.session()
    if session.info.get("writable"):
        session.flush()
    return session.connection().execute(statement, values)


def note(model: type[Model], which: ColumnElement[bool], **values: Any) -> bool:
    """Write down on a row what is good to know and may wait: False where somebody else is writing, or where nothing is
    written, at once.

    A page that only reads never fails nor waits for such a note.
    """
    info = db.session().info
    if info.get("writable"):
        raise RuntimeError("inside transaction(), write it there")
    if info.get("read_only"):
        return False
    key = next(iter(model.__table__.primary_key))
    free = select(key).where(which).with_for_update(skip_locked=True).scalar_subquery()
    return _at_once(update(model).where(key.in_(free)).values(values))


def add_aside(statement: Insert) -> bool:
    """The same of a new row."""
    if db.session().info.get("writable"):
        raise RuntimeError("inside transaction(), add it there")
    _require_writable(db.session())
    return _at_once(statement)


def _at_once(statement: Executable) -> bool:
    with db.engine.connect() as connection:
        try:
            with engine.hurried(connection, milliseconds=0):
                connection.execute(statement)
        except OperationalError:
            return False
    return True


def one_at_a_time(*names: str) -> None:
    """Let one transaction at a time do what has these names, until it ends; on SQLite one writes at a time anyway."""
    require_transaction()
    if db.engine.dialect.name == "postgresql":
        digests = (sha256(name.encode()).digest() for name in names)
        numbers = sorted({int.from_bytes(digest[:8], "big", signed=True) for digest in digests})
        db.session.execute(select(*(func.pg_advisory_xact_lock(number) for number in numbers)))


@contextmanager
def kept_if(kept: bool) -> Iterator[None]:
    """Do the work of the block, and undo it unless it is to be kept: the time it takes tells nothing."""
    require_transaction()
    savepoint = db.session.begin_nested()
    yield
    if kept:
        savepoint.commit()
    else:
        savepoint.rollback()


def can_write() -> bool:
    """Does the database keep what is written? The line with the version of its tables is written as it is.

    False where it is read-only or full. Where somebody else writes just now, it does.
    """
    with db.engine.connect() as connection:
        try:
            with engine.hurried(connection):
                connection.execute(_REWRITE[db.engine.dialect.name])
        except DBAPIError as error:
            if engine.is_busy(error):
                return True
            if not engine.is_reached(error):
                raise
            log.error("nothing can be written: %s", engine.reason(error))
            return False
    return True


def require_transaction() -> None:
    """Refuse to lock where no transaction is open: the lock would be gone at once."""
    if not db.session().info.get("writable"):
        raise WriteOutsideTransaction("open transaction() at the edge first")


def _begin(session: Session) -> None:
    if db.engine.dialect.name == "sqlite":
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    else:
        session.connection(execution_options={"isolation_level": "READ COMMITTED"})


def _pending(session: Session) -> list[object]:
    return [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]


def _refuse_pending(session: Session) -> None:
    if changed := _pending(session):
        raise WriteOutsideTransaction(f"changed before transaction() was opened: {changed}")


@event.listens_for(db.session, "before_flush")
def _refuse_flush(session: Session, context: UOWTransaction, instances: Any) -> None:
    if not session.info.get("writable"):
        _refuse_pending(session)


@event.listens_for(db.session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and not state.session.info.get("writable"):
        raise WriteOutsideTransaction(str(state.statement))


def refuse_unsaved_changes(response: Response) -> Response:
    """A view that forgot transaction() would lose its work in silence: say so instead."""
    if db.session.registry.has():
        session = db.session()
        if changed := _pending(session):
            session.rollback()
            raise UnsavedChanges(f"changed outside transaction(): {changed}")
    return response


def init_app(app: Flask) -> None:
    """Bind the database: autocommit reads, each connection in our ways, migrations in /migrations."""
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine.OPTIONS)
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True, render_as_batch=True)
    with app.app_context():
        engine.set_up(db.engine)


__all__ = [
    "Connection",
    "Model",
    "Moment",
    "ReadOnly",
    "db",
    "init_app",
    "kept_if",
    "note",
    "one_at_a_time",
    "reading_only",
    "refuse_writes",
    "require_transaction",
    "transaction",
    "when_run",
    "words",
    "write_alone",
]
