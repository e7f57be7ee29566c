"""What poles and their cell say of what a session counts for each: lock, decide, change, tell."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal import acts, clock
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.interventions.confirmation import service as confirmation
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.rules import NO_TIME, Ruling
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.gathered import service as gathered
from portal.interventions.models import Intervention
from portal.interventions.silence import queries as silence
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from portal.sessions import queries as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.received import emails, queries, rules
from portal.sessions.received.queries import Received
from portal.steps import Step

Does = Step[ConfirmationState]
_ANSWERED = (ConfirmationState.CONFIRMED, ConfirmationState.CONTESTED)


def ask(
    session: CollectiveSession, act: Intervention, before: Mapping[int, int], actor: Actor, why: str = ""
) -> None:
    """Each pole for which a session that was closed, or corrected, counts now, no longer, or otherwise is told, and
    asked for its word where it counts. `before`: what it counted for each; `why`: what a cell corrects it for."""
    after = queries.counts(act)
    changed = rules.changed(before, after)
    for pole_id in changed:
        if pole_id in after:
            confirmation.ask_pole(act.id, pole_id)
        else:
            confirmation.ask_no_more(act.id, pole_id)
    emails.tell_poles(session, act, before, actor, why)


def confirm(actor: Actor, session_id: int) -> Received:
    """The pole confirms what it received."""
    received = _lock(actor, session_id, actor.organisation_id, steps.CONFIRM)
    with undo.act(actor, steps.CONFIRM):
        confirmation.answer(actor, received.confirmation, steps.CONFIRM)
    return received


def contest(actor: Actor, session_id: int, message: str, minutes: int | None) -> Received:
    """The pole says why it does not agree, and how long it counts: the cell decides, the partner is told."""
    received = _lock(actor, session_id, actor.organisation_id, steps.CONTEST)
    with undo.act(actor, steps.CONTEST):
        confirmation.answer(actor, received.confirmation, steps.CONTEST)
        received.confirmation.message, received.confirmation.minutes = message, minutes
        emails.tell_contested(received, actor)
    return received


def may_take_back(actor: Actor, received: Received) -> bool:
    """Did they say it a moment ago?"""
    asked = received.confirmation
    own = asked.answered_by_id == actor.person_id and asked.state in _ANSWERED
    return own and asked.answered_at is not None and clock.now() < asked.answered_at + acts.TIME


def take_back(actor: Actor, session_id: int) -> None:
    """What somebody said for their pole a moment ago is as before, if it still stands."""
    received = _seen(actor, session_id, actor.organisation_id, steps.CONFIRM)
    asked = received.confirmation
    if asked.answered_by_id != actor.person_id or asked.state not in _ANSWERED:
        raise NotTakenBack(Why.NOT_YOURS if asked.answered_by_id != actor.person_id else Why.ACTED_SINCE)
    undo.take_back_from(actor, asked)


def let_pass(intervention_id: int) -> int:
    """Silence confirms what was delivered for each pole whose time is over; to how many it did."""
    require_transaction()
    session_id = queries.session_of(intervention_id)
    if session_id is None or sessions.locked(session_id) is None:
        return 0
    every = silence.asked_gathered(intervention_id)
    days = silence.last_days(every)
    over = [each for each in every if silence.is_over(each, days)]
    for each in over:
        received = queries.by_pole(session_id, each.pole_id)
        if received is not None:
            confirmation.answer(None, received.confirmation, steps.LET_PASS)
    db.session.flush()
    return len(over)


def settle(
    actor: Actor, session_id: int, pole_id: int, ruling: Ruling, minutes: int | None, words: str
) -> Received:
    """The cell decides between two versions; what it corrects counts for that pole alone."""
    received = _lock(actor, session_id, pole_id, steps.SETTLE)
    asked, before = received.confirmation, received.minutes
    if ruling is not Ruling.KEPT:
        after = _after(ruling, minutes)
        gathered.count_for(actor, asked.intervention_id, pole_id, after, words)
    confirmation.decide_between(actor, asked, words)
    db.session.flush()
    settled = queries.by_pole(session_id, pole_id) or received
    emails.tell_settled(settled, before, actor)
    return settled


def _after(ruling: Ruling, minutes: int | None) -> int:
    if ruling is Ruling.STRUCK:
        return NO_TIME
    if not minutes:
        raise Invalid("minutes", _l("Type a length such as 1 h 30, 1,5 or 90 min."))
    return minutes


def _seen(actor: Actor, session_id: int, pole_id: int, step: Does) -> Received:
    """Lock a session, and read what a pole received there."""
    require_transaction()
    if not allows(actor, step.right):
        raise NotAllowed
    sessions.locked(session_id)
    received = queries.by_pole(session_id, pole_id)
    if received is None or not queries.may_read(actor, received):
        raise NotFound
    return received


def _lock(actor: Actor, session_id: int, pole_id: int, step: Does) -> Received:
    """The same, where the step can be done now."""
    received = _seen(actor, session_id, pole_id, step)
    if refused := step.why_not(received.confirmation.state):
        raise refused
    return received
