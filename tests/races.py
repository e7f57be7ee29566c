"""Several people, or workers, at the same moment."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event

from portal.db import db, transaction
from portal.refusals import Refusal
from tests.waiting import LONGEST

T = TypeVar("T")
Meet = Callable[[], object]
_LOOKS_LAST = 0.3  # seconds


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


@contextmanager
def looking_before_writing() -> Iterator[None]:
    """Two at once both look before either adds a line, unless one is made to wait for the other.

    SQLite lets one write at a time, which has nothing to look for.
    """
    meet, seen = threading.Barrier(2), threading.local()

    def wait(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        table = statement.split()[2] if statement.startswith("INSERT INTO ") else ""
        known = seen.__dict__.setdefault("tables", set())
        if not table or table in known or threading.current_thread() is threading.main_thread():
            return
        known.add(table)
        with suppress(threading.BrokenBarrierError):
            meet.wait(_LOOKS_LAST)
            return
        meet.reset()

    if db.engine.dialect.name == "sqlite":
        yield
        return
    event.listen(db.engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", wait)
