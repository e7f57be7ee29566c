"""How the database is reached: with patience that ends, through any pooler, and in files that nobody else reads."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import ConnectionPoolEntry

CONNECT_SECONDS = 3
PING_SECONDS = 2.0
STATEMENT_SECONDS = 30.0
PROGRAM_SECONDS = 300.0
_CANCEL_SECONDS = 1.0
_BUSY_SECONDS = 60  # three times what the longest import takes
_PRIVATE = 0o600
_AWAY = (
    "08",
    "53",
    "57",
    "58",
)  # no connection, no room, the operator's doing, the system's: see PostgreSQL's Appendix A
_NOT_NOW = ("25006", "40001", "40P01", "55P03")  # read-only, or others were first
_SQLITE_NOT_NOW = frozenset(
    {5, 6, 8, 10, 11, 13, 14}
)  # busy, locked, read-only, disk error, broken, full, cannot open
_GONE = ("08", "57")
_SQLITE_CANNOT_OPEN = 14
_FULL = ("53100",)
_SQLITE_FULL = 13
_SQLITE_BUSY = frozenset({5, 6})
_MOMENT_MILLISECONDS = 300

OPTIONS = {"isolation_level": "AUTOCOMMIT", "pool_pre_ping": True, "hide_parameters": True}


log = logging.getLogger(__name__)


class _Outage:
    """Since the database went away, until it answers."""

    noted = False


class _Patience:
    """For how long this process waits for one answer of PostgreSQL, in seconds."""

    seconds = STATEMENT_SECONDS


def wait_longer() -> None:
    """Here nobody waits for a page: a job or a command may take its time."""
    _Patience.seconds = PROGRAM_SECONDS


def wait_for_ever(connection: Any) -> None:
    """This connection changes tables, which takes what it takes."""
    if isinstance(connection, Patient):
        connection.patience = None


class Patient(psycopg.Connection[Any]):
    """A connection that gives up where the server does not answer, even one that is frozen."""

    patience: float | None = STATEMENT_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval=interval, timeout=self.patience if timeout is None else timeout)
        except errors._WaitTimeout:
            if self.patience != PING_SECONDS:
                self._try_cancel(timeout=_CANCEL_SECONDS)
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {self.patience:.0f} seconds") from None


def set_up(engine: Engine) -> None:
    """Our ways, on each connection of an engine."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "checkout", _out)
    event.listen(engine, "checkin", _back)


def _connect(dialect: Dialect, entry: ConnectionPoolEntry, arguments: Any, options: Any) -> Any:
    if dialect.name == "postgresql":
        connection = Patient.connect(*arguments, **{**options, "connect_timeout": CONNECT_SECONDS})
        if _is_pooled(connection):
            connection.prepare_threshold = None
        return connection
    if arguments and str(arguments[0]).startswith("/"):
        _keep_private(Path(arguments[0]))
    return None


def _is_pooled(connection: Patient) -> bool:
    """Is the process that answers another one than the one that the connection was opened with?

    Then a pooler (pgbouncer) stands between. In transaction mode it gives each transaction another connection of the
    server: nothing may be kept there, so statements are not prepared. Time limits are kept here and not set there.
    """
    connection.autocommit = True
    row = connection.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
    connection.autocommit = False
    return row != (connection.info.backend_pid,)


def _keep_private(path: Path) -> None:
    """The file of SQLite, and those that it puts beside, are for the portal's user alone."""
    if not path.exists():
        path.touch(mode=_PRIVATE)
    elif path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            if file.exists():
                file.chmod(_PRIVATE)


def _configure_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    busy = f"busy_timeout={_BUSY_SECONDS * 1000}"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", busy, "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _out(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: Any) -> None:
    if isinstance(connection, Patient):
        connection.patience = _Patience.seconds
    if _Outage.noted:
        _Outage.noted = False
        log.warning("the database answers again")


def _back(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    """The next thing asked of it is whether it lives."""
    if isinstance(connection, Patient):
        connection.patience = PING_SECONDS


def _sqlite_code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_away(error: BaseException) -> bool:
    """Is the database not there, or not able to work now? Then it is nobody's mistake, and trying again helps."""
    if isinstance(error, NoneFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, psycopg.Error):
        state = error.orig.sqlstate
        silent = state is None and isinstance(error.orig, psycopg.OperationalError)
        return silent or (state is not None and (state[:2] in _AWAY or state in _NOT_NOW))
    return _sqlite_code(error.orig) in _SQLITE_NOT_NOW


def note_away(error: BaseException) -> None:
    """Write one line for an outage, however many notice it, and one for each other refusal of the database."""
    if isinstance(error, DBAPIError) and not is_reached(error):
        if not _Outage.noted:
            log.error("the database does not answer: %s", reason(error))
        _Outage.noted = True
    else:
        log.error("the database takes nothing now: %s", reason(error))


def is_busy(error: DBAPIError) -> bool:
    """Does somebody else write into SQLite just now?"""
    return _sqlite_code(error.orig) in _SQLITE_BUSY


@contextmanager
def hurried(connection: Connection, milliseconds: int = _MOMENT_MILLISECONDS) -> Iterator[None]:
    """On SQLite, wait for a writer only a moment."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")


def is_reached(error: DBAPIError) -> bool:
    """Did the database itself say no?"""
    state = getattr(error.orig, "sqlstate", None)
    return (state is not None and state[:2] not in _GONE) or _sqlite_code(error.orig) not in {
        0,
        _SQLITE_CANNOT_OPEN,
    }


def is_full(error: BaseException) -> bool:
    """Has the disk of the database no room left?"""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) in _FULL or _sqlite_code(cause) == _SQLITE_FULL


def reason(error: BaseException) -> str:
    """Why a statement failed, in a few words without anything that was in it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error) and cause.sqlstate:
        about = (cause.diag.table_name, cause.diag.column_name, cause.diag.constraint_name)
        return " ".join([type(cause).__name__, cause.sqlstate, *(part for part in about if part)])
    if isinstance(cause, psycopg.OperationalError):
        return " ".join(str(cause).split())[:200]
    return f"{type(cause).__name__} {getattr(cause, 'sqlite_errorname', '')}".strip()
