"""What is done to one assignment of a request: lock and decide, change, remember and tell."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.organisations.models import Organisation
from portal.refusals import Invalid
from portal.requests import emails, queries, rules, steps
from portal.requests import service as requests
from portal.requests.appointments import service as appointments
from portal.requests.appointments.service import CalledOff
from portal.requests.emails import News
from portal.requests.events.queries import just_did
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import NOTHING, Details
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, Outcome, Planned
from portal.steps import Audience, Step


def lock(actor: Actor | None, reference: str, right: Permission, assignment_id: int) -> Assignment:
    """Lock the request, of somebody who has the right, for one of the assignments that are theirs."""
    return queries.own_assignment(actor, requests.lock(actor, reference, right), assignment_id)


def begin(actor: Actor | None, reference: str, step: Step[AssignmentState], assignment_id: int) -> Assignment:
    """Lock it, and decide whether the step can be done now."""
    assignment = lock(actor, reference, step.right, assignment_id)
    if refused := requests.why_not(step, assignment.request, assignment):
        raise refused
    return assignment


def _finish(
    actor: Actor | None,
    step: Step[AssignmentState],
    assignment: Assignment,
    details: Details,
    off: CalledOff | None = None,
) -> SupportRequest:
    """Set the state, remember and tell. `off`: what ended with it."""
    emails.tell(_set(actor, step, assignment, details, off), actor)
    return assignment.request


def _set(
    actor: Actor | None,
    step: Step[AssignmentState],
    assignment: Assignment,
    details: Details = NOTHING,
    off: CalledOff | None = None,
    context: Mapping[str, Any] = MappingProxyType({}),
) -> list[News]:
    """Set the state and remember; return what there is to tell, `context` beside."""
    off = off or CalledOff()
    before = assignment.state
    assignment.state = step.target or before
    requests.settle(assignment.request)
    event = requests.remember(actor, assignment.request, step, before, assignment.state, assignment, details)
    return [*emails.news(step, event, actor, facts=off.facts, context=context), *off.news]


def take(actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING) -> SupportRequest:
    """Somebody of the team has it from now on; of what is accepted, the pole hears with whom it will talk."""
    assignment = begin(actor, reference, steps.TAKE, assignment_id)
    assignment.referent = _of_the_team(assignment, Details(referent_id=actor.person_id))
    accepted = assignment.state is AssignmentState.ACCEPTED
    return _finish(actor, steps.CHANGE_REFERENT if accepted else steps.TAKE, assignment, details)


def assign(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A colleague has it from now on, before anything is answered."""
    assignment = begin(actor, reference, steps.ASSIGN, assignment_id)
    _give(assignment, details)
    return _finish(actor, steps.ASSIGN, assignment, details)


def chase(actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING) -> SupportRequest:
    """The cell asks a partner for its answer."""
    return _press(actor, reference, steps.CHASE, assignment_id, details)


def chase_answer(
    actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING
) -> SupportRequest:
    """The cell asks the pole for the answer to a partner's question."""
    return _press(actor, reference, steps.CHASE_ANSWER, assignment_id, details)


def ask_news(actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING) -> SupportRequest:
    """The cell asks a partner what becomes of what it accepted."""
    return _press(actor, reference, steps.ASK_NEWS, assignment_id, details)


def _press(
    actor: Actor, reference: str, step: Step[AssignmentState], assignment_id: int, details: Details
) -> SupportRequest:
    assignment = begin(actor, reference, step, assignment_id)
    assignment.chased_on = clock.today(assignment.request.pole.place)
    return _finish(actor, step, assignment, details)


def go_on(actor: Actor, reference: str, assignment_id: int, details: Details = NOTHING) -> SupportRequest:
    """A partner says that what it accepted goes on."""
    assignment = begin(actor, reference, steps.GO_ON, assignment_id)
    if just_did(actor, reference, steps.GO_ON, assignment_id, details):
        raise steps.DoneAlready
    assignment.heard_on = clock.today(assignment.request.pole.place)
    return _finish(actor, steps.GO_ON, assignment, details)


def reroute(actor: Actor, reference: str, details: Details) -> SupportRequest:
    """Ask these partners instead of those that have not answered."""
    request = requests.begin_to_route(actor, reference, details)
    waiting = [assignment for assignment in request.assignments if assignment.state in steps.WAITING]
    told = [news for assignment in waiting for news in _take_back(actor, assignment, NOTHING)]
    emails.tell([*requests.ask(actor, request, details), *told], actor)
    return request


def accept(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A partner takes it on, and says whom the pole will talk to."""
    assignment = begin(actor, reference, steps.ACCEPT, assignment_id)
    _mark_answered(assignment)
    assignment.referent = _of_the_team(assignment, details)
    return _finish(actor, steps.ACCEPT, assignment, details)


def decline(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A partner says no, why, and what else to try."""
    assignment = begin(actor, reference, steps.DECLINE, assignment_id)
    _mark_answered(assignment)
    return _finish(actor, steps.DECLINE, assignment, details)


def ask(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A partner needs to know more: its time to answer stands still."""
    assignment = begin(actor, reference, steps.ASK, assignment_id)
    assignment.held_on = clock.today(assignment.request.pole.place)
    return _finish(actor, steps.ASK, assignment, details)


def answer(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The pole replies: the time of the partner runs again."""
    assignment = begin(actor, reference, steps.ANSWER, assignment_id)
    requests.release(assignment)
    assignment.seen_at = None
    return _finish(actor, steps.ANSWER, assignment, details)


def change_referent(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The pole will talk to somebody else."""
    assignment = begin(actor, reference, steps.CHANGE_REFERENT, assignment_id)
    _give(assignment, details)
    return _finish(actor, steps.CHANGE_REFERENT, assignment, details)


def hand_back(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A partner cannot go on, and comes no more."""
    assignment = begin(actor, reference, steps.HAND_BACK, assignment_id)
    off = appointments.call_off(actor, [assignment], details.message)
    return _finish(actor, steps.HAND_BACK, assignment, details, off)


def complete(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """A partner has done its part, and says what came of it and whether the dates still planned are held."""
    assignment = begin(actor, reference, steps.COMPLETE, assignment_id)
    off = (
        CalledOff()
        if _dates_are_held(assignment, details)
        else appointments.call_off(actor, [assignment], details.message)
    )
    assignment.completed_on = clock.today(assignment.request.pole.place)
    assignment.outcome = Outcome(details.reason or "")
    assignment.review = details.message
    return _finish(actor, steps.COMPLETE, assignment, details, off)


def reopen(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The support goes on."""
    assignment = begin(actor, reference, steps.REOPEN, assignment_id)
    assignment.completed_on = assignment.outcome = assignment.review = None
    return _finish(actor, steps.REOPEN, assignment, details)


def cancel(actor: Actor, reference: str, assignment_id: int, details: Details) -> SupportRequest:
    """The cell takes it back from a partner."""
    assignment = begin(actor, reference, steps.CANCEL, assignment_id)
    emails.tell(_take_back(actor, assignment, details), actor)
    return assignment.request


def replace(
    actor: Actor, reference: str, assignment_id: int, successor: Organisation | None, details: Details
) -> SupportRequest:
    """A partner ends: its part is taken back, and another, locked, is asked unless it has the request already."""
    assignment = begin(actor, reference, steps.CANCEL, assignment_id)
    request = assignment.request
    told = _take_back(actor, assignment, details, {"successor": successor.name if successor else None})
    asked = {
        assignment.partner_id for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS
    }
    if successor is not None and successor.id not in asked:
        told = [*requests.propose(actor, request, [successor.id], NOTHING, without={Audience.POLE}), *told]
    emails.tell(told, actor)
    return request


def expire_unanswered(request_id: int) -> bool:
    """Close what partners left unanswered for fifteen working days on a request; False: nothing, or no longer.

    Those it concerns hear of all the partners at once.
    """
    request = queries.get_locked(None, queries.reference_of(request_id))
    expired = [assignment for assignment in request.assignments if _is_expired(assignment)] if request else []
    emails.tell([told for assignment in expired for told in _set(None, steps.EXPIRE, assignment)], None)
    return bool(expired)


def _is_expired(assignment: Assignment) -> bool:
    if steps.EXPIRE.why_not(assignment.state):
        return False
    place = assignment.request.pole.place
    proposed_on = clock.day_of(assignment.proposed_at, place)
    return rules.has_expired(proposed_on, clock.today(place), assignment.given_days, place)


def _take_back(
    actor: Actor, assignment: Assignment, details: Details, context: Mapping[str, Any] = MappingProxyType({})
) -> list[News]:
    off = appointments.call_off(actor, [assignment], details.message)
    requests.release(assignment)
    return _set(actor, steps.CANCEL, assignment, details, off, context)


def _mark_answered(assignment: Assignment) -> None:
    requests.release(assignment)
    place = assignment.request.pole.place
    proposed_on = clock.day_of(assignment.proposed_at, place)
    assignment.answered_on = clock.today(place)
    assignment.answer_days = rules.answer_days(
        proposed_on, assignment.answered_on, assignment.held_days, place
    )


def _give(assignment: Assignment, details: Details) -> None:
    """To a colleague who has it not yet."""
    referent = _of_the_team(assignment, details)
    if assignment.referent_id == referent.id:
        raise steps.DoneAlready
    assignment.referent = referent


def _of_the_team(assignment: Assignment, details: Details) -> Person:
    team = {person.id: person for person in accounts.members([assignment.partner_id], PARTNER_ROLES)}
    if details.referent_id not in team:
        raise Invalid("referent_id", _l("Choose somebody from your team."))
    return team[details.referent_id]


def _dates_are_held(assignment: Assignment, details: Details) -> bool:
    """Whoever completes with dates still planned says what becomes of them."""
    if not appointments.any_planned(assignment):
        return False
    if details.planned is None:
        raise Invalid("planned", _l("Say what becomes of the dates still planned."))
    return details.planned is Planned.HELD
