"""What each action changes on an assignment, beside its state."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import PARTNER_ROLES
from portal.accounts import queries as accounts
from portal.refusals import Conflict, Invalid
from portal.requests import rules, steps
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import Action, Outcome, Planned


@dataclass(frozen=True, slots=True)
class Said:
    """What goes with an action: a word of its vocabulary, free text, people and partners chosen, and what becomes of
    the dates still planned."""

    reason: str | None = None
    message: str | None = None
    referent_id: int | None = None
    partner_ids: Collection[int] = ()
    planned: Planned | None = None


NOTHING = Said()


def apply(action: Action, request: SupportRequest, assignment: Assignment, said: Said) -> None:
    """Make the change; an action that is not in the table changes nothing but the state."""
    change = CHANGES.get(action)
    if change:
        change(request, assignment, said)


def obstacle_to(action: Action, request: SupportRequest, assignment: Assignment | None) -> Conflict | None:
    """What refuses an action that the table allows: a pole that is gone, and the rules of reopening."""
    if action in steps.NEEDS_THE_POLE and not request.pole.active:
        return steps.PoleEnded()
    if action is not Action.REOPEN or assignment is None:
        return None
    same_partner = [one.state for one in request.assignments if one.partner_id == assignment.partner_id]
    return steps.why_not_reopen(assignment.completed_on, clock.today(request.pole.place), same_partner)


def _release(request: SupportRequest, assignment: Assignment, said: Said = NOTHING) -> None:
    """The clock of a held assignment runs again."""
    if assignment.held_on is None:
        return
    place = request.pole.place
    span = rules.release_hold(assignment.held_on, assignment.due_on, clock.today(place), place)
    assignment.due_on = span.due_on
    assignment.held_days += span.held
    assignment.held_on = None


def _mark_answered(request: SupportRequest, assignment: Assignment, said: Said = NOTHING) -> None:
    _release(request, assignment)
    place = request.pole.place
    proposed_on = clock.day_of(assignment.proposed_at, place)
    assignment.answered_on = clock.today(place)
    assignment.answer_days = rules.answer_days(
        proposed_on, assignment.answered_on, assignment.held_days, place
    )


def _accept(request: SupportRequest, assignment: Assignment, said: Said) -> None:
    _mark_answered(request, assignment)
    _name_referent(request, assignment, said)


def _name_referent(request: SupportRequest, assignment: Assignment, said: Said) -> None:
    team = {person.id: person for person in accounts.members([assignment.partner_id], PARTNER_ROLES)}
    if said.referent_id not in team:
        raise Invalid("referent_id", _l("Choose somebody from your team."))
    assignment.referent = team[said.referent_id]


def _hold(request: SupportRequest, assignment: Assignment, said: Said) -> None:
    assignment.held_on = clock.today(request.pole.place)


def _complete(request: SupportRequest, assignment: Assignment, said: Said) -> None:
    assignment.completed_on = clock.today(request.pole.place)
    assignment.outcome = Outcome(said.reason or "")
    assignment.review = said.message


def _reopen(request: SupportRequest, assignment: Assignment, said: Said) -> None:
    obstacle = obstacle_to(Action.REOPEN, request, assignment)
    if obstacle:
        raise obstacle
    assignment.completed_on = assignment.outcome = assignment.review = None


CHANGES: Mapping[Action, Callable[[SupportRequest, Assignment, Said], None]] = {
    Action.ACCEPT: _accept,
    Action.DECLINE: _mark_answered,
    Action.ASK: _hold,
    Action.ANSWER: _release,
    Action.CHANGE_REFERENT: _name_referent,
    Action.CANCEL: _release,
    Action.COMPLETE: _complete,
    Action.REOPEN: _reopen,
}
