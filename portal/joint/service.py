"""What is done between the pole that asks and another: lock, decide, change, remember, tell."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.db import db
from portal.joint import emails, queries, rules, steps
from portal.joint.models import JointPole
from portal.joint.steps import AskedOften, JointState
from portal.organisations.models import Pole
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests import queries as requests
from portal.requests import service as request_service
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import Anonymised
from portal.steps import Step


def invite(actor: Actor, reference: str, pole_id: int, word: str) -> JointPole:
    """The pole that asks invites another, which is told and has until a day to answer."""
    pole = queries.locked_pole(pole_id)
    request = _lock_own(actor, reference, steps.INVITE)
    if pole is None or pole.id == request.pole_id:
        raise Invalid("pole_id", _l("Choose another pole of the list."))
    joint = queries.of_pole(request.id, pole.id)
    if refused := steps.why_not(steps.INVITE, request.state, joint.state if joint else None):
        raise refused
    if joint and joint.times >= rules.MOST_TIMES:
        raise AskedOften
    if len(queries.live([request.id])) >= rules.MOST_POLES:
        raise Invalid(
            "pole_id",
            _l("A request is of %(count)d other poles at most: take one back first.", count=rules.MOST_POLES),
        )
    joint = _invited(actor, request, pole, joint, word)
    _remember(actor, steps.INVITE, joint)
    emails.tell_other(emails.INVITED, joint, actor)
    return joint


def _invited(
    actor: Actor, request: SupportRequest, pole: Pole, before: JointPole | None, word: str
) -> JointPole:
    joint = before or JointPole(request=request, pole=pole, times=0)
    _change(steps.INVITE, joint)
    joint.times += 1
    joint.word, joint.answer = word or None, None
    joint.invited_by_id, joint.invited_at = actor.person_id, clock.now()
    joint.answered_by_id = joint.answered_at = None
    joint.due_on = clock.add_working_days(clock.today(pole.place), rules.WORKING_DAYS_TO_JOIN, pole.place)
    db.session.add(joint)
    db.session.flush()  # a new one gets its number
    return joint


def shut_out(actor: Actor, reference: str, pole_id: int) -> None:
    """The pole that asks takes an invitation back, or no longer shares its request with a pole that joined."""
    request = _lock_own(actor, reference, steps.SHUT_OUT)
    joint = queries.of_pole(request.id, pole_id)
    if joint is None:
        raise NotFound
    if refused := steps.why_not(steps.SHUT_OUT, request.state, joint.state):
        raise refused
    _change(steps.SHUT_OUT, joint)
    _remember(actor, steps.SHUT_OUT, joint)
    emails.tell_other(emails.SHUT_OUT, joint, actor)


def _lock_own(actor: Actor, reference: str, step: Step[JointState]) -> SupportRequest:
    """The request of whoever asks."""
    return request_service.lock(actor, reference, step.right)


def join(actor: Actor, reference: str, answer: str) -> JointPole:
    """A pole that was invited takes part."""
    return _answer(actor, reference, steps.JOIN, answer)


def refuse(actor: Actor, reference: str, answer: str) -> JointPole:
    """A pole that was invited does not take part."""
    return _answer(actor, reference, steps.REFUSE, answer)


def leave(actor: Actor, reference: str, answer: str) -> JointPole:
    """A pole that joined no longer takes part; for all others the request goes on."""
    return _answer(actor, reference, steps.LEAVE, answer)


def _answer(actor: Actor, reference: str, step: Step[JointState], answer: str) -> JointPole:
    if not allows(actor, step.right):
        raise NotAllowed
    requests.lock_pole(actor.organisation_id)
    joint = _locked(actor.organisation_id, reference)
    if joint.request.anonymised_at:
        raise Anonymised
    if refused := steps.why_not(step, joint.request.state, joint.state):
        raise refused
    _change(step, joint)
    joint.answer = answer or None
    joint.answered_by_id, joint.answered_at = actor.person_id, clock.now()
    emails.tell_asking(step, _remember(actor, step, joint), joint, actor)
    return joint


def _locked(pole_id: int, reference: str) -> JointPole:
    """What a pole has with a request of another, fresh and locked with it."""
    request = requests.get_locked(None, reference)
    joint = queries.of_pole(request.id, pole_id) if request else None
    if joint is None:
        raise NotFound
    return joint


def lapse(number: int) -> bool:
    """End an invitation that nobody answered; False: somebody did meanwhile. Silence is no consent."""
    reference = queries.reference_of(number)
    request = requests.get_locked(None, reference) if reference else None
    joint = queries.by_number(number) if request else None
    if joint is None or steps.why_not(steps.JOIN, joint.request.state, joint.state):
        return False
    if not clock.is_over(joint.due_on, joint.pole.place):
        return False
    _change(steps.LAPSE, joint)
    emails.tell_asking(steps.LAPSE, _remember(None, steps.LAPSE, joint), joint, None)
    return True


def end(joint: JointPole) -> None:
    """The pole no longer uses the portal: it leaves what it joined, and what it was asked is over."""
    locked = _locked(joint.pole_id, joint.request.reference)
    step = steps.LEAVE if locked.state is JointState.JOINED else steps.LAPSE
    if step.why_not(locked.state):
        return
    _change(step, locked)
    locked.answer = None
    emails.tell_asking(step, _remember(None, step, locked), locked, None)


def _change(step: Step[JointState], joint: JointPole) -> None:
    if step.target:
        joint.state = step.target


def _remember(actor: Actor | None, step: Step[JointState], joint: JointPole) -> RequestEvent:
    """What is between two poles says which; what all read was done by the pole itself."""
    event = request_service.remember(actor, joint.request, step, joint.request.state, joint.request.state)
    if step in steps.BETWEEN_POLES:
        event.pole_id = joint.pole_id
    elif actor is None:
        event.organisation_id = joint.pole_id
    return event
