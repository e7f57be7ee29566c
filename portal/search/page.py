"""What one page of the search shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access.roles import Actor
from portal.feature import Findable, Match
from portal.search import queries, rules
from portal.search.queries import Hits
from portal.search.rules import Asked, Piece
from portal.web.addresses import this_path_with
from portal.web.pagination import Page, keyset_page

FIRSTS = 4


@dataclass(frozen=True, slots=True)
class Result:
    """A thing that was found, with what was asked for told in its title, in what stands beside it, and in context."""

    url: str
    title: Sequence[Piece]
    facts: Sequence[Sequence[Piece]]
    excerpt: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Group:
    """Some things of a kind, the address of all of them, and how many these are."""

    kind: str
    label: Any
    url: str
    count: int
    results: Sequence[Result]
    current: bool = False


def groups(actor: Actor | None, asked: Asked, chosen: str | None = None) -> list[Group]:
    """What was found of each kind, the first of each; those that are called like it before all others."""
    if not asked.terms:
        return []
    hits = queries.firsts(actor, asked, FIRSTS)
    findables = [kind for kind in queries.kinds() if kind.kind in hits]
    ordered = sorted(findables, key=lambda findable: not hits[findable.kind].titled)
    return [_group(actor, findable, hits[findable.kind], asked, chosen) for findable in ordered]


def _group(actor: Actor | None, kind: Findable, hits: Hits, asked: Asked, chosen: str | None) -> Group:
    results = () if chosen else shown(actor, kind, hits.numbers, asked)
    url = this_path_with(genre=kind.kind, page=None)
    return Group(kind.kind, kind.label, url, hits.count, results, kind.kind == chosen)


def listed(actor: Actor | None, kind: Findable, asked: Asked) -> Page:
    """One page of all that was found of a kind; its rows are results."""
    page = keyset_page(queries.listing(actor, kind, asked))
    return Page(shown(actor, kind, page.rows, asked), page.previous_url, page.next_url)


def shown(actor: Actor | None, kind: Findable, numbers: Sequence[int], asked: Asked) -> list[Result]:
    """Things in the order of their numbers; one that has just gone is left out."""
    results: Mapping[int, Match] = kind.shown(actor, numbers) if kind.shown else {}
    return [_result(results[number], asked) for number in numbers if number in results]


def _result(result: Match, asked: Asked) -> Result:
    facts = [rules.marked(fact, asked) for fact in result.facts]
    title = rules.marked(result.title, asked)
    excerpt = rules.excerpt(result.texts, asked)
    if not excerpt and not any(piece.found for piece in title):
        excerpt = [Piece(result.otherwise)]
    return Result(result.url, title, facts, excerpt)


def total(results: Iterable[Group]) -> int:
    """How many things there are of all kinds."""
    return sum(group.count for group in results)
