"""The index stays true: whatever writes something that can be found writes its words, in the same transaction.

No feature calls this. What the session writes is noted, row by row or by a statement over many, and the words of all
that was touched are written anew just before the commit, from what then stands in the database.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, inspect, select, text
from sqlalchemy.event import listens_for
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from portal.db import INSERTS, db, transaction
from portal.feature import Feature, Findable, features
from portal.search import rules
from portal.search.models import SearchEntry

_TOUCHED = "search_touched"
_AT_ONCE = 500


class NotIndexed(RuntimeError):
    """Rows of something that can be found were written in a way that tells nothing of their numbers."""


def findables() -> Mapping[str, Findable]:
    """All that can be found, by kind."""
    return _findables(tuple(features()))


@cache
def _findables(declared: tuple[Feature, ...]) -> Mapping[str, Findable]:
    return {findable.kind: findable for feature in declared for findable in feature.findables}


def _of_table(table: Table) -> Sequence[Findable]:
    return _by_table(tuple(features())).get(table, ())


@cache
def _by_table(declared: tuple[Feature, ...]) -> Mapping[Table, Sequence[Findable]]:
    by_table: dict[Table, list[Findable]] = {}
    for findable in _findables(declared).values():
        by_table.setdefault(findable.number.class_.__table__, []).append(findable)
    return by_table


def _columns(findable: Findable) -> list[Any]:
    return [*findable.titles, *findable.texts, *findable.apart]


def _note(session: Session, findable: Findable, numbers: Collection[int]) -> None:
    touched: dict[str, set[int]] = session.info.setdefault(_TOUCHED, {})
    touched.setdefault(findable.kind, set()).update(numbers)


@listens_for(db.session, "after_flush")
def _note_rows(session: Session, context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        for findable in _of_table(row.__table__):
            if isinstance(row, findable.number.class_) and _says_something_else(session, findable, row):
                _note(session, findable, [getattr(row, findable.number.key)])


def _says_something_else(session: Session, findable: Findable, row: Any) -> bool:
    names = [column.key for column in _columns(findable)]
    if row in session.new:
        return any(getattr(row, name) for name in names)
    return row in session.deleted or any(inspect(row).attrs[name].history.has_changes() for name in names)


@listens_for(db.session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_update or state.is_delete or state.is_insert:
        statement: Any = state.statement
        for findable in _of_table(statement.table):
            _note(state.session, findable, _written_by(state, findable))


def _written_by(state: ORMExecuteState, findable: Findable) -> Collection[int]:
    """The rows that a statement is about to write, by number."""
    statement: Any = state.statement
    if state.is_insert:
        raise NotIndexed(
            f"add rows of {statement.table.name} to the session: a statement does not say their numbers"
        )
    if isinstance(state.parameters, list):
        return [row[findable.number.key] for row in state.parameters]
    which = select(findable.number)
    if statement.whereclause is not None:
        which = which.where(statement.whereclause)
    return state.session.scalars(which, state.parameters or {}).all()


@listens_for(db.session, "before_commit")
def _write_what_was_touched(session: Session) -> None:
    if session.info.get("writable"):
        session.flush()
    for kind, numbers in sorted(session.info.pop(_TOUCHED, {}).items()):
        ordered = sorted(numbers)
        for start in range(0, len(ordered), _AT_ONCE):
            _write(findables()[kind], ordered[start : start + _AT_ONCE])


@listens_for(db.session, "after_soft_rollback")
def _forget_what_was_touched(session: Session, undone: SessionTransaction) -> None:
    if not undone.nested:
        session.info.pop(_TOUCHED, None)


def _write(findable: Findable, numbers: Sequence[int], *, lock: bool = False) -> None:
    """Keep the words that things have now; those that say nothing, or are gone, have no entry."""
    keys = _keys(findable, numbers, lock=lock)
    if silent := [number for number in numbers if not keys.get(number)]:
        gone = delete(SearchEntry).where(SearchEntry.kind == findable.kind, SearchEntry.item_id.in_(silent))
        db.session.execute(gone.execution_options(synchronize_session=False))
    rows = [{"kind": findable.kind, "item_id": number, "key": key} for number, key in keys.items() if key]
    if rows:
        db.session.execute(_keeping(db.engine.dialect.name), rows)


@cache
def _keeping(dialect: str) -> Any:
    """The statement that writes an entry, whether or not there is one; built once."""
    statement = INSERTS[dialect](SearchEntry.__table__)
    new = {"key": statement.excluded.key}
    return statement.on_conflict_do_update(index_elements=["kind", "item_id"], set_=new)


def _keys(findable: Findable, numbers: Sequence[int], *, lock: bool = False) -> Mapping[int, str]:
    rows = db.session.execute(_statement(findable, lock), {"numbers": numbers})
    return {number: _key(findable, texts) for number, *texts in rows}


@cache
def _statement(findable: Findable, lock: bool) -> Select[*tuple[Any, ...]]:
    """What some things say; built once."""
    these = findable.number.in_(bindparam("numbers", expanding=True))
    statement = select(findable.number, *_columns(findable)).where(these)
    return statement.with_for_update(read=True) if lock else statement


def _key(findable: Findable, columns: Sequence[str | None]) -> str:
    texts = len(findable.titles)
    apart = texts + len(findable.texts)
    return rules.key(findable.kind, columns[:texts], columns[texts:apart], columns[apart:])


def rebuild() -> int:
    """Write again the words that are not those of their thing; how many there were."""
    count = 0
    for findable, numbers in astray():
        with transaction():
            _write(findable, numbers, lock=True)
        count += len(numbers)
    with transaction() as session:
        session.execute(delete(SearchEntry).where(SearchEntry.kind.not_in(findables())))
        if db.engine.dialect.name == "sqlite":
            session.execute(text("INSERT INTO search_word (search_word) VALUES ('rebuild')"))
    return count


def astray() -> Iterator[tuple[Findable, Sequence[int]]]:
    """The things whose words are not those that are kept of them, some at a time."""
    for findable in findables().values():
        for numbers in _some(findable.number):
            keys, kept = _keys(findable, numbers), _kept(findable, numbers)
            if wrong := [number for number in numbers if keys.get(number, "") != kept.get(number, "")]:
                yield findable, wrong
        if gone := _of_nothing(findable):
            yield findable, gone


def _some(number: Any) -> Iterator[Sequence[int]]:
    last = 0
    while some := db.session.scalars(
        select(number).where(number > last).order_by(number).limit(_AT_ONCE)
    ).all():
        yield some
        last = some[-1]


def _kept(findable: Findable, numbers: Sequence[int]) -> Mapping[int, str]:
    which = select(SearchEntry.item_id, SearchEntry.key)
    of_these = which.where(SearchEntry.kind == findable.kind, SearchEntry.item_id.in_(numbers))
    return dict(db.session.execute(of_these).all())


def _of_nothing(findable: Findable) -> Sequence[int]:
    """The entries of things that are gone."""
    gone = SearchEntry.item_id.not_in(select(findable.number))
    which = select(SearchEntry.item_id).where(SearchEntry.kind == findable.kind, gone)
    return db.session.scalars(which).all()
