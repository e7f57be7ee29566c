"""What a pole, a partner and a cell say of what was logged: lock, decide, change, remember, tell."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor
from portal.db import db
from portal.interventions.beyond import service as beyond
from portal.interventions.confirmation import emails, queries, rules, steps
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import (
    AdjustmentState,
    AlreadyProposed,
    ConfirmationState,
    NothingAsked,
)
from portal.interventions.models import Intervention
from portal.interventions.queries import get_locked
from portal.interventions.silence import queries as silence
from portal.interventions.steps import InterventionState
from portal.refusals import Conflict, Invalid, NotFound
from portal.requests import queries as request_queries
from portal.requests import service as requests
from portal.requests.by_mail import service as by_mail
from portal.requests.emails import tell
from portal.requests.models import Assignment, RequestEvent
from portal.requests.rules import Details
from portal.requests.undo import service as undo
from portal.steps import Step

_SAME = _l("It lasted so long already: choose another length.")
_NOTHING_ALREADY = _l("It does not count already: type the length that should count.")


def ask(intervention: Intervention) -> None:
    """What is done waits for the word of the pole, as it now stands; what is not waits for nothing."""
    db.session.flush()  # a new one gets its number
    pole_id = intervention.assignment.request.pole_id
    if intervention.state is InterventionState.DONE:
        ask_pole(intervention.id, pole_id)
    else:
        ask_no_more(intervention.id, pole_id)


def ask_pole(intervention_id: int, pole_id: int) -> None:
    """It waits for the word of a pole, whatever that said before; whoever calls has locked what it is of."""
    asked = queries.locked(intervention_id, pole_id)
    if asked is None:
        asked = Confirmation(intervention_id=intervention_id, pole_id=pole_id)
        db.session.add(asked)
    asked.state, asked.asked_at = ConfirmationState.WAITING, clock.now()
    asked.answered_at = asked.answered_by_id = asked.message = asked.minutes = None
    asked.settled_at = asked.settled_by_id = asked.ruling = None
    db.session.flush()


def ask_no_more(intervention_id: int, pole_id: int) -> None:
    """It waits for no word of a pole, since it is none that this received."""
    asked = queries.locked(intervention_id, pole_id)
    if asked is not None:
        db.session.delete(asked)
        db.session.flush()


def confirm(actor: Actor, intervention_id: int) -> Confirmation:
    """The pole confirms it."""
    asked, _intervention, assignment = _lock(actor, intervention_id, steps.CONFIRM)
    answer(actor, asked, steps.CONFIRM)
    _remember(actor, steps.CONFIRM, assignment)
    return asked


def contest(actor: Actor, intervention_id: int, message: str, minutes: int | None) -> Confirmation:
    """The pole says why it does not agree, and how long it lasted: the cell decides, the partner is told."""
    asked, intervention, assignment = _lock(actor, intervention_id, steps.CONTEST)
    answer(actor, asked, steps.CONTEST)
    asked.message, asked.minutes = message, minutes
    event = _remember(actor, steps.CONTEST, assignment, message)
    tell(emails.news(steps.CONTEST, event, actor, intervention, asked), actor)
    return asked


def confirm_by_mail(actor: Actor, key: str, intervention_id: int) -> None:
    """The same from an e-mail, once for each link."""
    by_mail.once(actor, _reference(intervention_id), steps.CONFIRM.right, key)
    with undo.act(actor, steps.CONFIRM, key):
        confirm(actor, intervention_id)


def contest_by_mail(actor: Actor, key: str, intervention_id: int, message: str, minutes: int | None) -> None:
    """The same from an e-mail, once for each link."""
    by_mail.once(actor, _reference(intervention_id), steps.CONTEST.right, key)
    with undo.act(actor, steps.CONTEST, key):
        contest(actor, intervention_id, message, minutes)


def _reference(intervention_id: int) -> str:
    reference = queries.reference_of(intervention_id)
    if reference is None:
        raise NotFound
    return reference


def let_pass(intervention_id: int) -> bool:
    """Silence confirms what was delivered, once its time is over; False: it does not, or not yet."""
    try:
        asked, _intervention, assignment = _lock(None, intervention_id, steps.LET_PASS)
    except (NotFound, Conflict):
        return False
    waiting = silence.asked(intervention_id)
    if waiting is None or not silence.is_over(waiting, silence.last_days([waiting])):
        return False
    answer(None, asked, steps.LET_PASS)
    _remember(None, steps.LET_PASS, assignment)
    return True


def settle(
    actor: Actor, intervention_id: int, ruling: Ruling, minutes: int | None, words: str
) -> Confirmation:
    """The cell decides between two versions; what it corrects is an adjustment."""
    asked, intervention, assignment = _lock(actor, intervention_id, steps.SETTLE)
    decide_between(actor, asked, words)
    before = intervention.minutes
    if ruling is not Ruling.KEPT:
        _adjust(actor, intervention, assignment, _after(ruling, minutes), words)
    event = _remember(actor, steps.SETTLE, assignment, words)
    tell(emails.news(steps.SETTLE, event, actor, intervention, asked, (before, _now(intervention))), actor)
    return asked


def _after(ruling: Ruling, minutes: int | None) -> int:
    if ruling is Ruling.STRUCK:
        return rules.NO_TIME
    if not minutes:
        raise Invalid("minutes", _l("Type a length such as 1 h 30, 1,5 or 90 min."))
    return minutes


def propose(actor: Actor, intervention_id: int, after: int, why: str) -> Adjustment:
    """A partner says what should be changed of what is confirmed; the cell decides."""
    asked, intervention, assignment = _lock(actor, intervention_id, steps.PROPOSE)
    if queries.proposed(intervention_id):
        raise AlreadyProposed
    adjustment = _adjustment(actor, intervention, after, why, AdjustmentState.PROPOSED)
    event = _remember(actor, steps.PROPOSE, assignment, why)
    change = adjustment.before, adjustment.after
    tell(emails.news(steps.PROPOSE, event, actor, intervention, asked, change), actor)
    return adjustment


def adjust(actor: Actor, intervention_id: int, after: int, why: str) -> Adjustment:
    """The cell changes what is confirmed, with a date and a reason."""
    asked, intervention, assignment = _lock(actor, intervention_id, steps.ADJUST)
    if queries.proposed(intervention_id):
        raise AlreadyProposed
    adjustment = _adjust(actor, intervention, assignment, after, why)
    _tell_adjusted(actor, asked, intervention, assignment, adjustment, why)
    return adjustment


def decide(actor: Actor, intervention_id: int, adjustment_id: int, answer: str, *, make: bool) -> Adjustment:
    """The cell makes what a partner proposed, or refuses it."""
    step = steps.ADJUST if make else steps.REFUSE
    asked, intervention, assignment = _lock(actor, intervention_id, step)
    adjustment = queries.adjustment(intervention_id, adjustment_id)
    if adjustment is None:
        raise NotFound
    if adjustment.state is not AdjustmentState.PROPOSED:
        raise NothingAsked
    adjustment.state = AdjustmentState.MADE if make else AdjustmentState.REFUSED
    adjustment.decided_by_id, adjustment.decided_at = actor.person_id, clock.now()
    adjustment.answer = answer or None
    if make:
        _apply(intervention, assignment, adjustment)
        _tell_adjusted(actor, asked, intervention, assignment, adjustment, answer)
    else:
        event = _remember(actor, steps.REFUSE, assignment, answer)
        change = adjustment.before, adjustment.after
        tell(emails.news(steps.REFUSE, event, actor, intervention, asked, change), actor)
    return adjustment


def _tell_adjusted(
    actor: Actor,
    asked: Confirmation,
    intervention: Intervention,
    assignment: Assignment,
    adjustment: Adjustment,
    words: str,
) -> None:
    """`words`: of whoever makes it; who proposed it gave the reason."""
    event = _remember(actor, steps.ADJUST, assignment, words)
    change = adjustment.before, adjustment.after
    proposed = adjustment.why if adjustment.decided_at else None
    tell(emails.news(steps.ADJUST, event, actor, intervention, asked, change, proposed), actor)


def _adjust(
    actor: Actor, intervention: Intervention, assignment: Assignment, after: int, why: str
) -> Adjustment:
    adjustment = _adjustment(actor, intervention, after, why, AdjustmentState.MADE)
    _apply(intervention, assignment, adjustment)
    return adjustment


def _adjustment(
    actor: Actor, intervention: Intervention, after: int, why: str, state: AdjustmentState
) -> Adjustment:
    before = _now(intervention)
    if after == before:
        raise Invalid("minutes", _SAME if after else _NOTHING_ALREADY)
    adjustment = Adjustment(
        intervention_id=intervention.id,
        state=state,
        before=before,
        after=after,
        why=why,
        by_id=actor.person_id,
        at=clock.now(),
    )
    db.session.add(adjustment)
    db.session.flush()
    return adjustment


def _apply(intervention: Intervention, assignment: Assignment, adjustment: Adjustment) -> None:
    """The intervention has the figure that counts, which everything reads; what no longer counts is called off."""
    if adjustment.after:
        intervention.state, intervention.minutes = InterventionState.DONE, adjustment.after
    else:
        intervention.state = InterventionState.CALLED_OFF
    beyond.flag(intervention, assignment)


def _now(intervention: Intervention) -> int:
    return intervention.minutes if intervention.state is InterventionState.DONE else rules.NO_TIME


def _lock(
    actor: Actor | None, intervention_id: int, step: Step[ConfirmationState]
) -> tuple[Confirmation, Intervention, Assignment]:
    """Lock the request of an intervention, and decide whether the step can be done now."""
    request = requests.lock(actor, _reference(intervention_id), step.right)
    intervention = get_locked(intervention_id)
    if intervention is None:
        raise NotFound
    assignment = request_queries.own_assignment(actor, request, intervention.assignment_id)
    asked = queries.locked(intervention_id, request.pole_id)
    if asked is None:
        raise NothingAsked
    if intervention.state is not InterventionState.DONE and not steps.locks(asked.state):
        raise NothingAsked  # what is locked may have been adjusted to nothing, and is adjusted again
    if refused := step.why_not(asked.state):
        raise refused
    return asked, intervention, assignment


def answer(actor: Actor | None, asked: Confirmation, step: Step[ConfirmationState]) -> None:
    """What a pole says of what it received; whoever calls has locked it, and looked whether the step can be done."""
    _set(asked, step)
    asked.answered_at = clock.now()
    asked.answered_by_id = actor.person_id if actor else None


def decide_between(actor: Actor, asked: Confirmation, words: str) -> None:
    """The cell settles it, and says why; the same."""
    _set(asked, steps.SETTLE)
    asked.settled_at, asked.settled_by_id, asked.ruling = clock.now(), actor.person_id, words


def _set(asked: Confirmation, step: Step[ConfirmationState]) -> None:
    if step.target:
        asked.state = step.target


def _remember(
    actor: Actor | None, step: Step[ConfirmationState], assignment: Assignment, words: str = ""
) -> RequestEvent:
    state = assignment.state
    return requests.remember(
        actor, assignment.request, step, state, state, assignment, Details(message=words)
    )
