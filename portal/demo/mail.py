"""What cells decided of mail in the demonstration: reminders that are held, a kind that is paused, days chosen."""

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.people import signed_by
from portal.dispatch import service as dispatch
from portal.ladder import Ask
from portal.reminders import queries
from portal.reminders.days import service
from portal.reminders.days.rules import Of, Scope
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.territories.reference import region_name

_KIND, _RUNG = "requests_unanswered", "cell"
_HELD, _SENT = 6, 4
_PAUSED = "stuck/draft_pole"
_REGION = "28"
_DAYS = {("drafts", "pole"): 10}


def decide(national: Actor) -> None:
    """Some reminders left yesterday, others are held; drafts are left in peace; one region waits longer."""
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
        service.choose(of, _DAYS)


def _reader(number: int) -> str:
    """Somebody whom this reminder tells."""
    kind = queries.ladder_of(_KIND)
    letters = kind.rung(_RUNG).letters if kind else None
    return letters(number)[0].recipient.email if letters else ""
