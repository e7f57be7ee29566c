"""Several people, or workers, at the same moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event, text

from portal.db import db, transaction
from portal.refusals import Refusal
from tests.waiting import LONGEST

T = TypeVar("T")
Meet = Callable[[], object]
_MOMENT = 0.01  # seconds
_HELD = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def all_at_once(count: int, act: Callable[[int, Meet], T]) -> list[T]:
    """What each of so many people answers, who act at the same moment: each calls its `meet` when it is ready.

    Whoever fails before that lets the others go, and is the one that is told of.
    """
    barrier = threading.Barrier(count, timeout=LONGEST)

    def one(number: int) -> T:
        try:
            return act(number, barrier.wait)
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(count) as pool:
        results = [pool.submit(one, number) for number in range(count)]
    failures = [error for result in results if (error := result.exception())]
    for error in sorted(failures, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error
    return [result.result() for result in results]


def together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Acts at the same moment, each with its own connection; the answer of each."""

    def one(number: int, meet: Meet) -> Any:
        with app.test_request_context():
            meet()
            return acts[number]()

    return all_at_once(len(acts), one)


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """The same, each in a transaction; a refusal is an answer."""

    def settled(act: Callable[[], Any]) -> Any:
        try:
            with transaction():
                return act()
        except Refusal as refusal:
            return refusal

    return together(app, *(lambda act=act: settled(act) for act in acts))  # type: ignore[misc]  # a default


def looking_before_writing(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Two acts at the same moment, which both look before either adds a line to a table.

    SQLite lets one write at a time, which has nothing to look for.
    """
    if db.engine.dialect.name == "sqlite":
        return together(app, *acts)
    meeting = _Meeting()
    event.listen(db.engine, "before_cursor_execute", meeting.wait)
    try:
        return together(app, *(lambda act=act: meeting.left_after(act) for act in acts))  # type: ignore[misc]  # a default
    finally:
        event.remove(db.engine, "before_cursor_execute", meeting.wait)


class _Meeting:
    """Each waits before its first line of a table for the other, unless that one is done or waits for a lock."""

    def __init__(self) -> None:
        self.change = threading.Condition()
        self.waiting, self.met, self.left = 0, 0, False
        self.seen = threading.local()

    def left_after(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            with self.change:
                self.left = True
                self.change.notify()

    def wait(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        table = statement.split()[2] if statement.startswith("INSERT INTO ") else ""
        known = self.seen.__dict__.setdefault("tables", set())
        if not table or table in known or threading.current_thread() is threading.main_thread():
            return
        known.add(table)
        with self.change:
            self.waiting += 1
            if self.waiting == 2:
                self.waiting, self.met = 0, self.met + 1
                self.change.notify()
                return
            before, until = self.met, time.monotonic() + LONGEST
            while self.met == before and not self.left and time.monotonic() < until and not _one_is_held():
                self.change.wait(_MOMENT)
            self.waiting -= self.met == before


def _one_is_held() -> bool:
    """Does somebody wait for a lock?"""
    with db.engine.connect() as connection:
        return bool(connection.scalar(_HELD))
