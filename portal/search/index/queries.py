"""Looking for words: FTS5 of SQLite and the text search of PostgreSQL, asked the same and answering the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, column, literal_column, select, table

from portal.db import db
from portal.search.models import SearchEntry
from portal.search.rules import Term, Token, of_kind

_WORDS = table("search_word", column("rowid"))
_VECTOR: ColumnElement[Any] = literal_column("search_entry.words")


def _fts5(terms: Sequence[Term]) -> ColumnElement[bool]:
    """Words are letters and digits: in quotes, nothing of them is an operator."""

    def word(token: Token) -> str:
        return f'"{token.text}"{"*" if token.begins else ""}'

    wanted: Any = bindparam(None, _written(terms, word, " AND ", " OR "))
    rows = select(_WORDS.c.rowid).where(literal_column("search_word").op("MATCH")(wanted))
    return SearchEntry.id.in_(rows)


def _tsquery(terms: Sequence[Term]) -> ColumnElement[bool]:
    def word(token: Token) -> str:
        return f"'{token.text}'{':*' if token.begins else ''}"

    wanted: Any = bindparam(None, _written(terms, word, " & ", " | "))
    return _VECTOR.op("@@")(wanted.op("::")(literal_column("tsquery")))


def _written(terms: Sequence[Term], word: Callable[[Token], str], both: str, either: str) -> str:
    ways = ([both.join(map(word, way)) for way in term.ways] for term in terms)
    return both.join(f"({either.join(f'({way})' for way in spellings)})" for spellings in ways)


_MATCHES: Mapping[str, Callable[[Sequence[Term]], ColumnElement[bool]]] = {
    "sqlite": _fts5,
    "postgresql": _tsquery,
}


def matches(kind: str, terms: Sequence[Term]) -> ColumnElement[bool]:
    """Does an entry of a kind hold all these?"""
    return _MATCHES[db.engine.dialect.name]((of_kind(kind), *terms))


def holding(kind: str, terms: Sequence[Term]) -> Select[int]:
    """The things of a kind whose entry holds all these, by number."""
    return select(SearchEntry.item_id).where(matches(kind, terms))
