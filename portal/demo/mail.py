"""What became of mail in the demonstration, and what cells decided of it: reminders that are held, a kind that is
paused and partly given up, an address that takes nothing, days chosen."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.people import signed_by
from portal.dispatch import service as dispatch
from portal.ladder import Ask
from portal.notifications.models import OutboxEmail
from portal.reminders import queries
from portal.reminders.days import service
from portal.reminders.days.rules import Of, Scope
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.territories.reference import region_name

_KIND, _RUNG = "requests_unanswered", "cell"
_HELD, _SENT = 6, 4
_PAUSED = "requests/complete_cell"
_GIVEN_UP = 2
_REFUSED = "550 5.1.1 Cette boîte n’existe plus"
_REGION = "28"
_DAYS = {("drafts", "pole"): 10}


def decide(national: Actor) -> None:
    """Some reminders left yesterday, others are held; cells are not told what is finished; one region waits longer."""
    kind = queries.ladder_of(_KIND)
    things = kind.things(Ask(clock.today())) if kind else ()
    for number, thing in enumerate(things[: _HELD + _SENT]):
        state = ReminderState.HELD if number < _HELD else ReminderState.SENT
        reminder = Reminder(
            kind=_KIND,
            thing=thing.number,
            round=thing.round,
            rung=_RUNG,
            state=state,
            on=clock.today(),
            letters=1,
        )
        db.session.add(reminder)
        db.session.flush()
        if state is ReminderState.HELD:
            db.session.add(ReminderLetter(reminder_id=reminder.id, recipient=_reader(thing.number)))
    of = Of(Scope.REGION, _REGION, region_name(_REGION))
    with signed_by(national):
        dispatch.pause(_PAUSED)
        _hold()
        service.choose(of, _DAYS)
    _refuse()


def _hold() -> None:
    """The worker kept what is paused; the oldest of it will never leave."""
    held = select(OutboxEmail.id).where(OutboxEmail.kind == _PAUSED).order_by(OutboxEmail.id)
    numbers = db.session.scalars(held).all()
    _finished(numbers, held_at=clock.now())
    if len(numbers) > _GIVEN_UP:
        dispatch.give_up("retenus", numbers[_GIVEN_UP - 1])


def _refuse() -> None:
    """The server of somebody who was asked took nothing."""
    asked = select(func.min(OutboxEmail.id)).where(OutboxEmail.kind == "requests/remind_partner")
    _finished(db.session.scalars(asked).all(), given_up_at=clock.now(), last_error=_REFUSED, attempts=1)


def _finished(numbers: Sequence[int], **values: Any) -> None:
    which = update(OutboxEmail).where(OutboxEmail.id.in_(numbers))
    db.session.execute(which.values(next_attempt_at=None, **values))


def _reader(number: int) -> str:
    """Somebody whom this reminder tells."""
    kind = queries.ladder_of(_KIND)
    letters = kind.rung(_RUNG).letters if kind else None
    return letters(number)[0].recipient.email if letters else ""
