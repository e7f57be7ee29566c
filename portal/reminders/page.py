"""What will be said, to whom and why; what is held; what was not sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for

from portal import clock
from portal.access.roles import Actor
from portal.ladder import Ask, Ladder, Rung, Thing
from portal.reminders import queries, words
from portal.reminders.rules import Choices, most_a_day

DAYS = 14
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Coming:
    """A reminder to come. `to`: whom it tells; `stops`: what spares them."""

    on: date
    kind: Any
    what: Any
    to: Any
    name: Any
    url: str
    stops: Any
    kind_name: str
    rung: str
    thing: int


def of_region(actor: Actor) -> Sequence[Coming]:
    """What leaves in the next two weeks about all that a cell sees."""
    return sorted(_coming(actor, own=False), key=_order)[:SHOWN]


def mine(actor: Actor) -> Sequence[Coming]:
    """What somebody themself would get."""
    return sorted(_coming(actor, own=True), key=_order)[:SHOWN]


def everything(days: int) -> Sequence[Coming]:
    """What leaves in so many days, all over the country."""
    until, chosen = clock.today() + timedelta(days=days), queries.choices()
    comings: list[Coming] = []
    for kind in queries.ladders():
        for things in queries.pages(kind, until):
            climbed = queries.done([kind.kind], [thing.number for thing in things])
            comings += list(_of(kind, things, climbed, chosen, until))
    return sorted(comings, key=_order)


def _order(coming: Coming) -> tuple[date, str, int]:
    return coming.on, coming.kind_name, coming.thing


def _coming(actor: Actor, *, own: bool) -> Iterator[Coming]:
    """A statement for each kind, and two for all of them."""
    until, chosen = _last_day(actor), queries.choices()
    every, climbed = _things(actor, until)
    for kind, things in every:
        yield from _of(kind, things, climbed, chosen, until, actor if own else None)


def _last_day(actor: Actor) -> date:
    return clock.today(actor.place) + timedelta(days=DAYS)


def _things(actor: Actor, until: date) -> tuple[Sequence[tuple[Ladder, Sequence[Thing]]], Any]:
    """What somebody sees that waits, by ladder, and the rungs climbed of it."""
    every = [(kind, kind.things(Ask(until, actor=actor))) for kind in queries.ladders()]
    numbers = {thing.number for _, things in every for thing in things}
    return every, queries.done([kind.kind for kind, _ in every], numbers)


Key = tuple[str, str, int]


def compared(actor: Actor, *choices: Choices) -> Sequence[Mapping[Key, Coming]]:
    """What leaves in the next two weeks under each of these choices, of the same things."""
    until = _last_day(actor)
    every, climbed = _things(actor, until)
    return [
        {
            (coming.kind_name, coming.rung, coming.thing): coming
            for kind, things in every
            for coming in _of(kind, things, climbed, chosen, until)
        }
        for chosen in choices
    ]


def _of(
    kind: Ladder,
    things: Sequence[Thing],
    climbed: Any,
    chosen: Choices,
    until: date,
    reader: Actor | None = None,
) -> Iterator[Coming]:
    done = climbed.get(kind.kind, {})
    for thing in things:
        for planned in queries.to_come(kind, thing, chosen, done.get((thing.number, thing.round), ())):
            rung = kind.rung(planned.rung)
            if planned.on <= until and (reader is None or _reaches(reader, rung, thing)):
                page = thing.page if reader and not reader.is_cell else thing.seen_at or thing.page
                yield _shown(kind, thing, rung, planned.on, page)


def _reaches(reader: Actor, rung: Rung, thing: Thing) -> bool:
    """Is it one of the people whom a rung tells of a thing? They see it."""
    organisation_id = thing.goes_to.get(rung.name)
    ours = reader.is_cell if organisation_id is None else organisation_id == reader.organisation_id
    return ours and reader.role in rung.roles


def _shown(kind: Ladder, thing: Thing, rung: Rung, on: date, page: tuple[str, Mapping[str, Any]]) -> Coming:
    endpoint, values = page
    return Coming(
        on,
        kind.label,
        rung.label,
        rung.to,
        thing.name,
        url_for(endpoint, **values),
        kind.stops,
        kind.kind,
        rung.name,
        thing.number,
    )


def addresses(coming: Coming) -> Sequence[str]:
    """Whom it would reach if it left now."""
    kind = queries.ladder_of(coming.kind_name)
    letters = kind.rung(coming.rung).letters if kind else None
    return sorted({each.recipient.email for each in letters(coming.thing)}) if letters else []


@dataclass(frozen=True, slots=True)
class Held:
    """Reminders of a rung that wait for the national cell."""

    kind_name: str
    rung_name: str
    kind: Any
    what: Any
    count: int
    letters: int
    since: date


@dataclass(frozen=True, slots=True)
class Usual:
    """How many e-mails leave in a day without anybody being asked. `is_new`: nothing left lately that says what is
    usual."""

    most: int
    is_new: bool


def usual() -> Usual:
    busiest = queries.busiest_day()
    return Usual(most_a_day(busiest), is_new=busiest == 0)


def held() -> Sequence[Held]:
    """What is held, by rung."""
    return [
        Held(kind, rung, *_names(kind, rung), count, letters, since)
        for kind, rung, count, letters, since in queries.held()
    ]


def not_sent() -> Sequence[tuple[Any, Any, Any, int]]:
    """What was not sent in the last two weeks: of what, which, why, how many."""
    since = clock.now() - timedelta(days=DAYS)
    return [
        (*_names(kind, rung), words.REASONS[reason], count)
        for kind, rung, reason, count in queries.not_sent(since)
    ]


def _names(kind: str, rung: str) -> tuple[Any, Any]:
    ladder = queries.ladder_of(kind)
    return (ladder.label, ladder.rung(rung).label) if ladder else (kind, rung)
