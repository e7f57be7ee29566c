"""Reminders are noted, weighed, and sent: each step once, whatever runs how often or late."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select, update

from portal import clock
from portal.db import db, inserting, one_at_a_time, require_transaction
from portal.ladder import TOO_LATE, Ask, Ladder, Thing, explained
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.reminders import emails, queries, rules
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.queries import Key
from portal.reminders.rules import Choices, Planned, Reason, ReminderState

_QUIET = {"synchronize_session": False}


def note_due(key: Key) -> bool:
    """Note what is due of a thing, under its lock; False: nothing, or no longer."""
    kind = queries.ladders()[key[0]]
    kind.lock(key[1])
    thing = _as_it_stands(kind, key[1])
    if thing is None:
        return False
    chosen = queries.choices()
    climbed = queries.done([kind.kind], [thing.number]).get(kind.kind, {})
    planneds = queries.due(kind, thing, chosen, climbed.get((thing.number, thing.round), ()))
    for planned in planneds[:-1]:
        _note(kind, thing, planned, ReminderState.SKIPPED, Reason.OVERTAKEN)
    return _note_last(kind, thing, planneds[-1]) if planneds else False


def _as_it_stands(kind: Ladder, number: int) -> Thing | None:
    latest = max(map(clock.today, (None, *clock.OVERSEAS)))
    return next(iter(kind.things(Ask(latest, numbers=[number]))), None)


def _note_last(kind: Ladder, thing: Thing, planned: Planned) -> bool:
    """The one that is sent, unless it is too late for it or nobody is there."""
    if planned.on + TOO_LATE < clock.today(thing.place):
        return bool(_note(kind, thing, planned, ReminderState.SKIPPED, Reason.TOO_LATE))
    rung = kind.rung(planned.rung)
    to = {each.recipient.email for each in (rung.letters(thing.number) if rung.letters else ())}
    if not to:
        return bool(_note(kind, thing, planned, ReminderState.DROPPED, Reason.NOBODY))
    number = _note(kind, thing, planned, ReminderState.DUE, letters=len(to))
    if number:
        db.session.add_all(ReminderLetter(reminder_id=number, recipient=each) for each in sorted(to))
    return bool(number)


def _note(
    kind: Ladder,
    thing: Thing,
    planned: Planned,
    state: ReminderState,
    reason: Reason | None = None,
    letters: int = 0,
) -> int | None:
    """Its number; None where another worker noted it."""
    statement = inserting(Reminder).values(
        kind=kind.kind,
        thing=thing.number,
        round=thing.round,
        rung=planned.rung,
        state=state,
        reason=reason,
        on=planned.on,
        at=clock.now(),
        letters=letters,
    )
    once = statement.on_conflict_do_nothing(index_elements=["kind", "thing", "round", "rung"])
    number: int | None = db.session.scalar(once.returning(Reminder.id))
    return number


def weigh(numbers: Sequence[int]) -> int:
    """Let these leave, as far as a usual day goes; the rest is held, and the national cell asked."""
    one_at_a_time("reminders are weighed")
    waiting = db.session.execute(
        select(Reminder.id, Reminder.letters)
        .where(Reminder.id.in_(numbers), Reminder.state == ReminderState.DUE)
        .order_by(Reminder.id)
    ).all()
    room = rules.most_a_day(queries.busiest_day()) - queries.sent_today()
    leave = rules.cleared([(letter.id, letter.letters) for letter in waiting], room)
    kept = [letter.id for letter in waiting if letter.id not in set(leave)]
    _set(leave, ReminderState.CLEARED)
    _set(kept, ReminderState.HELD)
    if kept:
        emails.held(len(kept))
    return len(waiting)


def _set(numbers: Collection[int], state: ReminderState, reason: Reason | None = None) -> None:
    if numbers:
        values = {"state": state, "reason": reason, "at": clock.now()}
        statement = update(Reminder).where(Reminder.id.in_(numbers)).values(values)
        db.session.execute(statement.execution_options(**_QUIET))


def send_to(address: str) -> bool:
    """All that an address gets now: each apart, or one summary where they are many."""
    rows = queries.letters_to(address)
    chosen = queries.choices()
    drawn: list[tuple[Reminder, Envelope | None, Reason]] = []
    for letter, reminder in rows:
        envelope, why_not = _letter(reminder, letter.recipient, chosen)
        drawn.append((reminder, envelope, why_not))
        db.session.delete(letter)
    db.session.flush()
    letters = [envelope for _, envelope, _ in drawn if envelope]
    enqueue_all(letters if len(letters) <= rules.MOST_SINGLE else [emails.summary(letters)])
    for reminder, envelope, why_not in drawn:
        _finish(reminder, sent=envelope is not None, why_not=why_not)
    return bool(rows)


def _letter(reminder: Reminder, address: str, chosen: Choices) -> tuple[Envelope | None, Reason]:
    """The e-mail as it is to be said now; None where it has lost its use, or its reader."""
    kind = queries.ladder_of(reminder.kind)
    thing = _as_it_stands(kind, reminder.thing) if kind else None
    if kind is None or thing is None or thing.round != reminder.round:
        return None, Reason.NO_LONGER
    letters = kind.rung(reminder.rung).letters
    for letter in letters(thing.number) if letters else ():
        if letter.recipient.email == address:
            following = queries.following(kind, thing, chosen, reminder.rung)
            return letter._replace(message=explained(letter.message, kind.why, following)), Reason.NOBODY
    return None, Reason.NOBODY


def _finish(reminder: Reminder, *, sent: bool, why_not: Reason) -> None:
    """Sent with the first of its letters; dropped with the last, if none was."""
    if sent and reminder.state is not ReminderState.SENT:
        reminder.state, reminder.at = ReminderState.SENT, clock.now()
    elif not sent and reminder.state is ReminderState.CLEARED and not _has_letters(reminder.id):
        reminder.state, reminder.reason, reminder.at = ReminderState.DROPPED, why_not, clock.now()


def _has_letters(number: int) -> bool:
    statement = select(ReminderLetter.id).where(ReminderLetter.reminder_id == number).limit(1)
    return db.session.scalar(statement) is not None


def release(kind: str, rung: str) -> int:
    """What is held of a rung leaves, if it is still of use."""
    require_transaction()
    numbers = _held(kind, rung)
    _set(numbers, ReminderState.CLEARED)
    return len(numbers)


def drop(kind: str, rung: str) -> int:
    """What is held of a rung is never sent."""
    require_transaction()
    return _drop(_held(kind, rung), Reason.REFUSED)


def drop_old(numbers: Sequence[int]) -> int:
    """What nobody decided on in time."""
    statement = select(Reminder.id).where(Reminder.id.in_(numbers), Reminder.state == ReminderState.HELD)
    return _drop(db.session.scalars(statement.with_for_update()).all(), Reason.TOO_LATE)


def _held(kind: str, rung: str) -> Sequence[int]:
    statement = select(Reminder.id).where(
        Reminder.state == ReminderState.HELD, Reminder.kind == kind, Reminder.rung == rung
    )
    return db.session.scalars(statement.order_by(Reminder.id).with_for_update()).all()


def _drop(numbers: Sequence[int], reason: Reason) -> int:
    _set(numbers, ReminderState.DROPPED, reason)
    gone = delete(ReminderLetter).where(ReminderLetter.reminder_id.in_(numbers))
    db.session.execute(gone.execution_options(**_QUIET))
    return len(numbers)
