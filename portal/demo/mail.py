"""What cells decided of mail in the demonstration: reminders that are held, a kind that is paused, days chosen."""

from portal import clock
from portal.db import db
from portal.ladder import Ask
from portal.notifications.pauses import service as pauses
from portal.reminders import queries
from portal.reminders.days import service as days
from portal.reminders.days.rules import Of, Scope
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.territories.reference import region_name

_KIND, _RUNG = "requests_unanswered", "cell"
_HELD, _SENT = 6, 4
_PAUSED = "stuck/draft_pole"
_REGION = "28"


def decide() -> None:
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
    pauses.pause(_PAUSED)
    days.choose(Of(Scope.REGION, _REGION, region_name(_REGION)), {("drafts", "pole"): 10}, {})


def _reader(number: int) -> str:
    """Somebody whom this reminder tells."""
    kind = queries.ladder_of(_KIND)
    letters = kind.rung(_RUNG).letters if kind else None
    return letters(number)[0].recipient.email if letters else ""
