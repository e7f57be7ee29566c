"""Which reminders are due, wait, are held or left."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from portal import clock, ladder
from portal.access.roles import Actor
from portal.db import db
from portal.feature import features
from portal.ladder import TOO_LATE, Ask, Following, Ladder, Thing
from portal.reminders import rules
from portal.reminders.models import Reminder, ReminderChoice, ReminderLetter
from portal.reminders.rules import Choices, Planned, ReminderState

PAGE = 200
_NO_SCOPE = ""
FURTHEST = timedelta(days=400)
"""What is asked for today is reminded of sooner."""
Key = tuple[int, int]
Done = Mapping[tuple[int, str], Collection[str]]


def ladders() -> Sequence[Ladder]:
    """Every ladder that is declared, in the order of their features."""
    return [ladder for feature in features() for ladder in feature.ladders]


def ladder_of(kind: str) -> Ladder | None:
    """The one of a kind; None: no longer declared."""
    return next((ladder for ladder in ladders() if ladder.kind == kind), None)


def choices() -> Choices:
    """What cells chose, all of it: few rows."""
    return _choices(db.session.execute(_chosen()))


def _chosen() -> Select[str, str, str, str, int]:
    return select(
        ReminderChoice.kind,
        ReminderChoice.rung,
        ReminderChoice.scope,
        ReminderChoice.which,
        ReminderChoice.days,
    )


def _choices(rows: Iterable[Any]) -> Choices:
    return Choices({(kind, rung, scope, which): days for kind, rung, scope, which, days in rows})


def done(kinds: Collection[str], numbers: Collection[int]) -> Mapping[str, Done]:
    """The rungs climbed for some things, by kind, thing and round."""
    return _done(db.session.execute(_climbed(kinds, numbers)))


def _climbed(kinds: Collection[str], numbers: Collection[int]) -> Select[str, str, str, str, int]:
    """Each with the columns of what was chosen, of which its own scope is none."""
    return select(
        Reminder.kind, Reminder.rung, literal(_NO_SCOPE), Reminder.round.label("which"), Reminder.thing
    ).where(Reminder.kind.in_(kinds), Reminder.thing.in_(numbers))


def _done(rows: Iterable[Any]) -> Mapping[str, Done]:
    sent: dict[str, dict[tuple[int, str], set[str]]] = {}
    for kind, rung, _scope, which, thing in rows:
        sent.setdefault(kind, {}).setdefault((thing, which), set()).add(rung)
    return sent


def _chosen_and_done(kinds: Collection[str], numbers: Collection[int]) -> tuple[Choices, Mapping[str, Done]]:
    """Both, in one statement: it is asked while people wait."""
    rows = db.session.execute(union_all(_chosen(), _climbed(kinds, numbers))).all()
    chosen = [row for row in rows if row.scope != _NO_SCOPE]
    return _choices(chosen), _done(row for row in rows if row.scope == _NO_SCOPE)


def planned(kind: Ladder, thing: Thing, chosen: Choices) -> Sequence[Planned]:
    """The day of each rung of a thing, first to last."""
    steps = []
    for rung in kind.rungs:
        days = rung.within(chosen.of(kind.kind, rung.name, thing.region_code, thing.service_id))
        on = ladder.leaves_on(thing, rung, days)
        if days >= 0 or on < thing.since:
            steps.append(Planned(rung.name, on))
    return sorted(steps, key=lambda step: step.on)


def to_come(kind: Ladder, thing: Thing, chosen: Choices, climbed: Collection[str]) -> Sequence[Planned]:
    """What is not climbed, first to last, on the day on which it leaves; of what has come, the last in place of the
    others, unless it is too late for it."""
    now = clock.day_of(clock.office_hours(thing.place), thing.place)
    every = planned(kind, thing, chosen)
    overtaken = rules.due_now([step for step in every if kind.rung(step.rung).letters], climbed, now)[:-1]
    return [
        Planned(step.rung, max(step.on, now))
        for step in every
        if step.rung not in climbed and step not in overtaken and step.on + TOO_LATE >= now
    ]


def comes_next(email: str, numbers: Collection[int]) -> Mapping[int, Following]:
    """What comes first of what an e-mail of a kind asks for, by its number, if nothing moves."""
    kinds = [kind for kind in ladders() if email in kind.follows]
    if not kinds:
        return {}
    chosen, every = _chosen_and_done([kind.kind for kind in kinds], numbers)
    ask = Ask(clock.today() + FURTHEST, most=len(numbers), numbers=numbers)
    coming: dict[int, list[Following]] = {}
    for kind in kinds:
        climbed = every.get(kind.kind, {})
        for thing in kind.things(ask):
            followings = _followings(kind, thing, chosen, climbed.get((thing.number, thing.round), ()))
            coming.setdefault(thing.number, []).extend(followings)
    return {number: min(all_of, key=lambda each: each.on) for number, all_of in coming.items() if all_of}


def comes_first(email: str, thing: Thing) -> Following | None:
    """The same of a thing that begins to wait."""
    kinds = [kind for kind in ladders() if email in kind.follows]
    chosen = choices() if kinds else Choices({})
    followings = [each for kind in kinds for each in _followings(kind, thing, chosen, ())]
    return min(followings, key=lambda each: each.on, default=None)


def _followings(kind: Ladder, thing: Thing, chosen: Choices, climbed: Collection[str]) -> Sequence[Following]:
    steps = to_come(kind, thing, chosen, climbed)
    return [Following(kind.rung(step.rung).label, step.on) for step in steps]


def due(kind: Ladder, thing: Thing, chosen: Choices, climbed: Collection[str]) -> Sequence[Planned]:
    """What is to be sent now: nothing while nobody is at work there."""
    if not clock.at_work(thing.place):
        return []
    planneds = rules.due_now(planned(kind, thing, chosen), climbed, clock.today(thing.place))
    return [step for step in planneds if kind.rung(step.rung).letters]


def following(kind: Ladder, thing: Thing, chosen: Choices, rung: str) -> Following | None:
    """What comes after a rung, if nothing moves."""
    every = planned(kind, thing, chosen)
    place = next(at for at, step in enumerate(every) if step.rung == rung)
    return next((Following(kind.rung(step.rung).label, step.on) for step in every[place + 1 :]), None)


def pages(kind: Ladder, until: date, after: int = 0, actor: Actor | None = None) -> Iterator[Sequence[Thing]]:
    """The things of a kind of which something may be due by a day, a part at a time."""
    while things := kind.things(Ask(until, after, PAGE, actor=actor)):
        yield things
        if len(things) < PAGE:
            return
        after = things[-1].number


def due_keys(after: Key, most: int) -> Sequence[Key]:
    """The things of which something is due now, as (place of the kind, number), from after one."""
    places = (None, *clock.OVERSEAS)
    if not any(map(clock.at_work, places)):
        return []
    chosen, coming = choices(), []
    latest = max(map(clock.today, places))
    for at, kind in enumerate(ladders()):
        if at < after[0]:
            continue
        for things in pages(kind, latest, after[1] if at == after[0] else 0):
            climbed = done([kind.kind], [thing.number for thing in things]).get(kind.kind, {})
            coming += [
                (at, thing.number)
                for thing in things
                if due(kind, thing, chosen, climbed.get((thing.number, thing.round), ()))
            ]
            if len(coming) >= most:
                return coming[:most]
    return coming


def to_weigh(after: int, most: int) -> Sequence[int]:
    """What a run noted, once nothing is added to it any more."""
    newest = db.session.scalar(select(func.max(Reminder.at)).where(Reminder.state == ReminderState.DUE))
    if newest is None or newest > clock.now() - rules.SETTLED:
        return []
    statement = select(Reminder.id).where(Reminder.state == ReminderState.DUE, Reminder.id > after)
    return db.session.scalars(statement.order_by(Reminder.id).limit(most)).all()


def addresses(after: str, most: int) -> Sequence[str]:
    """Who gets something now, from after an address."""
    statement = (
        select(ReminderLetter.recipient)
        .join(Reminder, Reminder.id == ReminderLetter.reminder_id)
        .where(
            Reminder.state.in_((ReminderState.CLEARED, ReminderState.SENT)), ReminderLetter.recipient > after
        )
        .distinct()
        .order_by(ReminderLetter.recipient)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def letters_to(address: str) -> Sequence[Any]:
    """The letters to an address that leave now, with what they are of, locked."""
    statement = (
        select(ReminderLetter, Reminder)
        .join(Reminder, Reminder.id == ReminderLetter.reminder_id)
        .where(
            ReminderLetter.recipient == address,
            Reminder.state.in_((ReminderState.CLEARED, ReminderState.SENT)),
        )
        .order_by(ReminderLetter.reminder_id)
        .with_for_update(of=ReminderLetter)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(statement).all()


def sent_today() -> int:
    """How many e-mails left, or leave, since the day began."""
    begun = datetime.combine(clock.today(), time.min, clock.PARIS)
    return _letters(begun, clock.now())


def busiest_day() -> int:
    """The most e-mails of one day lately, today aside."""
    today = clock.today()
    statement = select(Reminder.at, Reminder.letters).where(
        Reminder.state == ReminderState.SENT, Reminder.at >= clock.end_of(today - rules.USUAL_OF)
    )
    days: dict[date, int] = {}
    for at, letters in db.session.execute(statement):
        day = clock.day_of(at)
        days[day] = days.get(day, 0) + letters
    days.pop(today, None)
    return max(days.values(), default=0)


def _letters(since: datetime, until: datetime) -> int:
    statement = select(func.coalesce(func.sum(Reminder.letters), 0)).where(
        Reminder.state.in_((ReminderState.CLEARED, ReminderState.SENT)), Reminder.at.between(since, until)
    )
    return int(db.session.scalar(statement) or 0)


def held() -> Sequence[tuple[str, str, int, int, date]]:
    """What is held, by kind and rung: how many, how many e-mails, since which day they were to leave."""
    statement = (
        select(
            Reminder.kind,
            Reminder.rung,
            func.count(),
            func.sum(Reminder.letters),
            func.min(Reminder.on),
        )
        .where(Reminder.state == ReminderState.HELD)
        .group_by(Reminder.kind, Reminder.rung)
        .order_by(Reminder.kind, Reminder.rung)
    )
    return [(*row,) for row in db.session.execute(statement)]


def held_too_long(after: int, most: int) -> Sequence[int]:
    """What was held for so long that it is of no use."""
    statement = select(Reminder.id).where(
        Reminder.state == ReminderState.HELD, Reminder.at < clock.now() - rules.HELD_FOR, Reminder.id > after
    )
    return db.session.scalars(statement.order_by(Reminder.id).limit(most)).all()


def not_sent(since: datetime) -> Sequence[tuple[str, str, Any, int]]:
    """What was not sent since a moment, and why: kind, rung, reason, how many."""
    statement = (
        select(Reminder.kind, Reminder.rung, Reminder.reason, func.count())
        .where(Reminder.state.in_((ReminderState.DROPPED, ReminderState.SKIPPED)), Reminder.at >= since)
        .group_by(Reminder.kind, Reminder.rung, Reminder.reason)
        .order_by(Reminder.kind, Reminder.rung, Reminder.reason)
    )
    return [(*row,) for row in db.session.execute(statement)]
