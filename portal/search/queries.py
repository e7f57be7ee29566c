"""What somebody finds: the statement that looks asks what they may see, as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, literal, or_, select, union, union_all

from portal.access.roles import Actor
from portal.db import db
from portal.feature import Findable, Word, features
from portal.search.index.queries import holding
from portal.search.rules import Asked, Term


@dataclass(frozen=True, slots=True)
class Hits:
    """Some of a kind that were found, by number, the best first; `titled`: the first is called like what is asked."""

    numbers: Sequence[int]
    count: int
    titled: bool


def kinds() -> Sequence[Findable]:
    """What is found for itself: work first, then what it stands on."""
    return [findable for feature in reversed(features()) for findable in feature.findables if findable.label]


def firsts(actor: Actor | None, asked: Asked, most: int) -> Mapping[str, Hits]:
    """The first of each kind, and how many there are of each, in one statement."""
    parts = [_firsts(actor, findable, asked, most).subquery() for findable in kinds()]
    by_kind: dict[str, list[Any]] = {}
    for kind, *row in db.session.execute(union_all(*map(select, parts))):
        by_kind.setdefault(kind, []).append(row)
    return {
        kind: Hits([row[0] for row in rows], rows[0][1], bool(rows[0][2])) for kind, rows in by_kind.items()
    }


def _firsts(actor: Actor | None, kind: Findable, asked: Asked, most: int) -> Select[Any]:
    columns = (literal(kind.kind), kind.number, func.count().over(), _is_titled(kind, asked))
    return listing(actor, kind, asked).with_only_columns(*columns).limit(most)


def listing(actor: Actor | None, kind: Findable, asked: Asked) -> Select[int]:
    """All of a kind, by number, in a total order: first what is called so."""
    statement = select(kind.number).where(_is_visible(actor, kind), *_holds(actor, kind, asked.terms))
    return statement.order_by(_is_titled(kind, asked).desc(), *kind.order)


def _is_titled(kind: Findable, asked: Asked) -> ColumnElement[int]:
    titled = kind.number.in_(holding(kind.kind, [term.in_titles() for term in asked.terms]))
    return case((titled, 1), else_=0)


def _is_visible(actor: Actor | None, kind: Findable) -> ColumnElement[bool]:
    """To its feature, or to one above for the sake of what somebody does there."""
    visible = kind.visible(actor) if kind.visible else false()
    if actor is None:
        return visible
    more = [feature.lets_find[kind.kind] for feature in features() if kind.kind in feature.lets_find]
    return or_(visible, *(kind.number.in_(numbers(actor)) for numbers in more))


def _holds(actor: Actor | None, kind: Findable, terms: Sequence[Term]) -> list[ColumnElement[bool]]:
    """All words at once where only its own count; else each is its own, or of something beside it."""
    if kind.beside is None:
        return [kind.number.in_(holding(kind.kind, terms))]
    return [kind.number.in_(_with(actor, kind, term)) for term in terms]


def _with(actor: Actor | None, kind: Findable, term: Term) -> Any:
    word = Word(
        term.text,
        named=lambda kind_of_name: holding(kind_of_name, [term.in_titles()]),
        apart=lambda kind_of_text: holding(kind_of_text, [term.apart()]),
    )
    beside = kind.beside(actor, word) if kind.beside else ()
    return union(holding(kind.kind, [term]), *beside)
