"""What poles said of the work that was logged for them in the invented year: most confirm it, some say nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.demo.story import Turn
from portal.demo.timeline import Timeline
from portal.interventions import steps as visits
from portal.interventions.confirmation import service
from portal.interventions.confirmation import steps as confirmation
from portal.interventions.confirmation.rules import WORKING_DAYS_TO_CONFIRM
from portal.interventions.silence import queries
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox.service import message_id

_SAYS_NOTHING = 6
"""Of so many requests, the pole of one says nothing."""
_LATELY = 6
_BEFORE = 30
"""Working days: more than the days within which a partner corrects what it logged."""
_AT = time(9, 5)
_LETTER = "L’e-mail qui demandait au pôle de confirmer."


def answers(turns: Sequence[Turn], timeline: Timeline) -> list[Turn]:
    """What follows each log but the newest ones, which wait. Nothing is drawn: the number of the story says which."""
    return [answer for turn in turns if turn.act.step is visits.LOG if (answer := _answer(turn, timeline))]


def _answer(turn: Turn, timeline: Timeline) -> Turn | None:
    silent = turn.number % _SAYS_NOTHING == 0
    wait = WORKING_DAYS_TO_CONFIRM + 2 if silent else 1 + turn.number % 3
    ago = turn.ago - wait
    if ago < _LATELY:
        return None
    step = confirmation.LET_PASS if silent else confirmation.CONFIRM
    moment = datetime.combine(timeline.back(ago), _AT, clock.PARIS) + timedelta(minutes=turn.number % 40)
    return replace(turn, moment=moment, act=replace(turn.act, step=step), ago=ago)


def is_long_ago(turn: Turn) -> bool:
    """Was it logged so long ago that its partner may no longer correct it, and yet in these weeks?"""
    return _BEFORE < turn.ago < _BEFORE + _LATELY


def hear(pole: Actor, turn: Turn, intervention_id: int) -> None:
    """The pole confirms, or lets the time pass."""
    if turn.act.step is confirmation.CONFIRM:
        service.confirm(pole, intervention_id)
    else:
        let_pass(pole, intervention_id)


def let_pass(pole: Actor, intervention_id: int) -> None:
    """The pole was told in time, and that is long ago; what was e-mailed then is not kept here."""
    asked = queries.asked(intervention_id)
    email = OutboxEmail(
        kind=queries.TOLD_BY[0],
        recipient=pole.email,
        recipient_name=pole.person_name,
        language="fr",
        subject=_LETTER,
        text=_LETTER,
        html="",
        message_id=message_id(),
        thread=asked.reference if asked else None,
        created_at=asked.asked_at if asked else clock.now(),
        sent_at=asked.asked_at if asked else clock.now(),
        next_attempt_at=None,
        person_id=pole.person_id,
        waiting=[intervention_id],
    )
    db.session.add(email)
    db.session.flush()
    service.let_pass(intervention_id)
    db.session.delete(email)
    db.session.flush()
