"""The same facts grouped in several ways at once.

PostgreSQL does it in one pass with GROUPING SETS; SQLite, which has none, in one pass for each way.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select, tuple_, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from portal.db import db

Columns = ReadOnlyColumnCollection[str, Any]
Measures = Callable[[Columns], Sequence[ColumnElement[Any]]]


def by_each(
    facts: Select[*tuple[Any, ...]], ways: Sequence[str], also: Sequence[str], measures: Measures
) -> Iterator[tuple[Any, ...]]:
    """Rows (way, its value, values of `also`…, measures…): `facts` grouped by each way and `also`.

    `ways` and `also` are labels of columns of `facts`; `measures` gives the aggregates of its columns.
    """
    if db.engine.dialect.name == "postgresql":
        return _in_one_pass(facts.subquery(), ways, also, measures)
    return _one_by_one(facts, ways, also, measures)


def _in_one_pass(
    facts: Subquery, ways: Sequence[str], also: Sequence[str], measures: Measures
) -> Iterator[tuple[Any, ...]]:
    keys = [facts.c[way] for way in ways]
    shared = [facts.c[name] for name in also]
    # One bit for each way, the last way's lowest: 0 where the row is grouped by it.
    places = {(1 << len(ways)) - 1 - (1 << place): -1 - place for place in range(len(ways))}
    statement = select(func.grouping(*keys), *keys, *shared, *measures(facts.c)).group_by(
        func.grouping_sets(*(tuple_(key, *shared) for key in keys))
    )
    for row in db.session.execute(statement):
        place = places[row[0]]
        values = row[1 : 1 + len(ways)]
        yield (ways[place], values[place], *row[1 + len(ways) :])


def _one_by_one(
    facts: Select[*tuple[Any, ...]], ways: Sequence[str], also: Sequence[str], measures: Measures
) -> Iterator[tuple[Any, ...]]:
    table = facts.cte("facts")
    shared = [table.c[name] for name in also]
    statements = [
        select(literal(way), table.c[way], *shared, *measures(table.c)).group_by(table.c[way], *shared)
        for way in ways
    ]
    for row in db.session.execute(union_all(*statements)):
        yield tuple(row)
