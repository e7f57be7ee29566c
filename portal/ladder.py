"""What people are reminded of: each feature declares its ladders (`Feature.ladders`), `portal/reminders` climbs them.

    Ladder("requests_unanswered", _l("Requests without an answer"), ..., rungs=(Rung("team", after=3, ...), ...))

A ladder is about one kind of thing that waits; a rung says when somebody hears of it, who, and by which e-mail. A thing
that no longer waits is no longer among `things`, and nothing more is said of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.access.roles import Role
from portal.web import templating

if TYPE_CHECKING:
    from portal.access.roles import Actor
    from portal.notifications.emails import Message
    from portal.notifications.outbox.service import Envelope

TOO_LATE = timedelta(days=30)
"""What should have left longer ago than that is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Which things: those of which something may be due on `until` or before, by number, from `after` on, `most` of
    them; or those of some `numbers`. `actor`: what they may see; None: everything."""

    until: date
    after: int = 0
    most: int = 200
    numbers: Collection[int] | None = None
    actor: "Actor | None" = None

    @property
    def today(self) -> date:
        """What has lost its use has lost it today, however far ahead is asked."""
        return min(self.until, clock.today())


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that waits. `since`: the day from which its days are counted, less the working days it stood still or
    was given above the usual (`held`); `place`: whose days. `round`: which time of several this is; each rung is
    climbed once in each.
    `region_code`, `service_id`: whose settings hold. `goes_to`: the organisation whose people a rung tells, by the name
    of the rung; None: to the cell. `rests_until`: a rung of this name is not climbed before that day is over.
    `page`: where the organisation that it tells acts on it; `seen_at`: where a cell reads of it, None: there too.
    """

    number: int
    since: date
    name: Any
    page: tuple[str, Mapping[str, Any]]
    place: str | None = None
    round: str = ""
    held: int = 0
    region_code: str | None = None
    service_id: int | None = None
    goes_to: Mapping[str, int | None] = field(default_factory=dict)
    rests_until: Mapping[str, date] = field(default_factory=dict)
    seen_at: tuple[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """`label`: what happens; `to`: whom it tells. `after`: that many working days of the place, the last of them over;
    below zero: on the working day that many before. `calendar`: all days count. `least`, `most`: what a cell may
    choose instead. `letters`: the e-mails about a thing, by number; None: it happens by itself, nobody is told by it.
    `roles`: which people of the organisation it goes to.
    """

    name: str
    label: Any
    to: Any
    after: int
    letters: "Callable[[int], Sequence[Envelope]] | None"
    least: int | None = None
    most: int | None = None
    calendar: bool = False
    roles: Collection[Role] = frozenset(Role)

    @property
    def bounds(self) -> tuple[int, int]:
        return (
            self.after if self.least is None else self.least,
            self.after if self.most is None else self.most,
        )

    @property
    def is_fixed(self) -> bool:
        least, most = self.bounds
        return least == most

    def within(self, days: int | None) -> int:
        """What was chosen, kept within the bounds of today."""
        least, most = self.bounds
        return self.after if days is None else min(max(days, least), most)


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """`kind`: its stored name. `why`: the reason that its e-mails give. `stops`: when nothing more is said. `lock`: a
    thing, by number, so that what is read of it stays true. `rungs`: the first before. `by_service`: its things are of
    a service, for which other days may be chosen. `beyond`: how many working days a service, by number, gives above the
    usual; all rungs come so much later. `follows`: the e-mails that ask for what it reminds of; they say when it first
    would. `example`: the day from which the examples of these e-mails count."""

    kind: str
    label: Any
    why: Any
    stops: Any
    things: Callable[[Ask], Sequence[Thing]]
    lock: Callable[[int], None]
    rungs: Sequence[Rung]
    by_service: bool = False
    beyond: Callable[[int], int] | None = None
    follows: Collection[str] = ()
    example: date = date(2026, 3, 4)

    def rung(self, name: str) -> Rung:
        return next(rung for rung in self.rungs if rung.name == name)


@dataclass(frozen=True, slots=True)
class Following:
    """What comes next if nothing moves, and on which day."""

    label: Any
    on: date


def first_of_example(ladders: Iterable[Ladder]) -> Following:
    """What comes first, as the example of an e-mail says it that these follow."""
    comings = [
        Following(rung.label, leaves_on(Thing(0, ladder.example, "", ("", {})), rung, rung.after))
        for ladder in ladders
        for rung in ladder.rungs
    ]
    return min(comings, key=lambda following: following.on)


def leaves_on(thing: Thing, rung: Rung, after: int) -> date:
    """The working day of the place on which a rung is climbed."""
    rests = thing.rests_until.get(rung.name, date.min)
    if after < 0:
        day = _working_days_before(thing.since, -after, thing.place)
        return day if rests < day else clock.add_working_days(rests, 1, thing.place)
    if rung.calendar:
        last = thing.since + timedelta(days=after)
    else:
        last = clock.add_working_days(thing.since, after + thing.held, thing.place)
    return clock.add_working_days(max(last, rests), 1, thing.place)


def _working_days_before(day: date, count: int, place: str | None) -> date:
    while count > 0:
        day -= timedelta(days=1)
        count -= clock.is_working_day(day, place)
    return day


def explained(message: "Message", why: Any, following: Following | None) -> "Message":
    """What every reminder says: why it came, and when the next would."""
    return announced(replace(message, context={**message.context, "why": why}), following)


def announced(message: "Message", following: Following | None) -> "Message":
    """What comes if nothing moves, beside what it says."""
    return replace(message, facts=[*message.facts, _next(following)])


def _next(following: Following | None) -> tuple[Any, Any]:
    if following is None:
        return _l("Next reminder"), _l("none, this is the last")
    return _l("If nothing moves"), LazyString(_comes, following)


def _comes(following: Following) -> str:
    return _("%(day)s: %(what)s", day=templating.weekday(following.on), what=following.label)


def with_number(ask: Ask, column: Any) -> Iterable[Any]:
    """The conditions on the number of things that are asked for."""
    return [column > ask.after] if ask.numbers is None else [column.in_(ask.numbers)]
