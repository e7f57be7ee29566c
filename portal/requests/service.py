"""What is done to requests: lock, decide, change, remember, tell."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import sqlalchemy
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import HEAD_ROLES, Actor
from portal.accounts import queries as accounts
from portal.catalogue import queries as catalogue
from portal.catalogue.rules import admits
from portal.db import db, require_transaction
from portal.organisations.models import Organisation, Pole
from portal.organisations.rules import absent_until
from portal.references import new_reference
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound
from portal.requests import emails, queries, rules, steps
from portal.requests.appointments import service as appointments
from portal.requests.appointments.service import CalledOff
from portal.requests.changes import service as changes
from portal.requests.changes.service import NOTHING, Said
from portal.requests.emails import News
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import ContactPreference, Mode
from portal.requests.steps import (
    ENDED_ASSIGNMENTS,
    LIVE_ASSIGNMENTS,
    TRANSITIONS,
    Action,
    Anonymised,
    AssignmentState,
    Audience,
    Planned,
    RequestState,
)
from portal.text import search_key

SERVICE_ENDED = _l(
    "The service you had chosen is no longer offered: choose another one, or “Guide me” if you do not know."
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a pole writes in a draft, named as the columns."""

    service_id: int | None
    need: str
    wished_from: date | None
    wished_until: date | None
    mode: Mode
    contact_preference: ContactPreference
    phone: str | None


def begin(
    actor: Actor | None,
    reference: str,
    action: Action,
    assignment_id: int | None = None,
    right: Permission | None = None,
    as_if: Callable[[AssignmentState], AssignmentState] = lambda state: state,
) -> tuple[SupportRequest, Assignment | None]:
    """Lock the request and decide whether the action can be done now, by the right of the table or by `right`.

    `as_if`: the state that counts where it is not the assignment's own.
    """
    require_transaction()
    request = queries.get_locked(actor, reference)
    if request is None:
        raise NotFound
    if request.anonymised_at:
        raise Anonymised
    if actor and not allows(actor, right or TRANSITIONS[action].permission):
        raise NotAllowed
    assignment = _own_assignment(actor, request, assignment_id) if assignment_id is not None else None
    steps.require_possible(action, request.state, as_if(assignment.state) if assignment else None)
    if action in steps.NEEDS_THE_POLE and not request.pole.active:
        raise steps.PoleEnded
    return request, assignment


def _own_assignment(actor: Actor | None, request: SupportRequest, assignment_id: int) -> Assignment:
    """The assignment of this request; a partner has only its own."""
    for assignment in request.assignments:
        if assignment.id == assignment_id:
            if actor and actor.is_partner and assignment.partner_id != actor.organisation_id:
                break
            return assignment
    raise NotFound


def remember(
    actor: Actor | None,
    request: SupportRequest,
    action: Action,
    before: str,
    after: str,
    assignment: Assignment | None = None,
    said: Said = NOTHING,
) -> RequestEvent:
    """Add the one row that tells what happened."""
    event = RequestEvent(
        request=request,
        assignment=assignment,
        action=action,
        actor_id=actor.person_id if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        from_state=before,
        to_state=after,
        reason=said.reason or None,
        message=said.message or None,
    )
    db.session.add(event)
    return event


def settle(request: SupportRequest, becomes: RequestState | None = None) -> None:
    """Write the state that the assignments make of it, or of what it `becomes`: the only place that does."""
    states = [one.state for one in request.assignments]
    request.state = steps.derive_state(becomes or request.state, states)
    closed = request.state not in steps.OPEN_REQUESTS
    request.closed_at = (request.closed_at or clock.now()) if closed else None


def draft(actor: Actor, once: str, wishes: Wishes, reference: str | None = None) -> SupportRequest:
    """A new draft; the same form sent twice finds the same draft. `reference`: chosen by the demonstration."""
    require_transaction()
    queries.lock_pole(actor.organisation_id)
    existing = queries.by_once(actor.organisation_id, once)
    if existing is not None:
        if existing.state is RequestState.DRAFT:
            _write(actor, existing, wishes)
        return existing
    reference = reference or new_reference()
    while queries.reference_exists(reference):
        reference = new_reference()
    request = SupportRequest(
        reference=reference,
        once=once,
        pole_id=actor.organisation_id,
        contact_id=actor.person_id,
        state=RequestState.DRAFT,
    )
    db.session.add(request)
    _write(actor, request, wishes)
    return request


def change_draft(actor: Actor, reference: str, wishes: Wishes) -> SupportRequest:
    """Write a draft again; once sent, a request no longer changes."""
    request, _ = begin(actor, reference, Action.SUBMIT, right=Permission.REQUEST_DRAFT)
    _write(actor, request, wishes)
    return request


def discard_draft(actor: Actor, reference: str) -> None:
    """Delete a draft that was never sent."""
    request, _ = begin(actor, reference, Action.SUBMIT, right=Permission.REQUEST_DRAFT)
    delete(request)


def delete(request: SupportRequest) -> None:
    """Delete a draft that is locked, with what was noted of it."""
    require_transaction()
    noted = sqlalchemy.delete(RequestEvent).where(RequestEvent.request_id == request.id)
    db.session.execute(noted.execution_options(synchronize_session=False))
    db.session.delete(request)


def _write(actor: Actor, request: SupportRequest, wishes: Wishes) -> None:
    if wishes.service_id and queries.active_service(wishes.service_id) is None:
        ended = wishes.service_id == request.service_id
        raise Invalid("service_id", SERVICE_ENDED if ended else _l("Choose a service from the list."))
    _require_admitted(wishes.service_id, queries.pole(actor.organisation_id))
    for name, value in asdict(wishes).items():
        setattr(request, name, value)
    request.changed_at = clock.now()
    request.search_text = search_key(f"{request.reference} {wishes.need}")


def _require_admitted(service_id: int | None, pole: Pole) -> None:
    """What the page of a service says: a pole whose stage it does not admit cannot ask for it."""
    if service_id and not admits(queries.admitted_stages(service_id), pole.stage):
        raise Invalid(
            "service_id",
            _l(
                "This service is not meant for the present stage of your pole: choose another, or “Guide me”."
            ),
        )


def submit(actor: Actor, reference: str) -> SupportRequest:
    """Send a draft: to its only partner when the service is direct, else to the cell.

    The pole is locked first, so that nothing is sent while it ends.
    """
    queries.lock_pole(actor.organisation_id)
    request, _ = begin(actor, reference, Action.SUBMIT)
    if not request.need:
        raise Invalid("need", _l("Say what you need before sending; you can also save a draft."))
    if request.service_id and queries.active_service(request.service_id, lock=True) is None:
        raise Invalid("service_id", SERVICE_ENDED)
    _require_admitted(request.service_id, request.pole)
    request.submitted_at = clock.now()
    request.region_code = request.pole.region_code
    settle(request, becomes=RequestState.TO_ROUTE)
    event = remember(actor, request, Action.SUBMIT, RequestState.DRAFT, request.state)
    direct = _direct_partner(request)
    if direct is None:
        emails.tell(emails.news(event, actor), actor)
    else:
        sent = _propose(None, request, [direct], NOTHING)
        emails.tell([*sent, *emails.news(event, actor, without={Audience.CELL})], actor)
    return request


def _direct_partner(request: SupportRequest) -> int | None:
    """The only partner that covers a direct service, unless it is absent; or None: the cell routes."""
    if request.service is None or not request.service.direct:
        return None
    pole = request.pole
    partners = catalogue.covering_partners(request.service.id, pole.region_code, pole.department_code)
    if len(partners) != 1 or absent_until(partners[0].absences, clock.today()):
        return None
    return partners[0].id


def route(actor: Actor, reference: str, said: Said) -> SupportRequest:
    """Ask one or more partners."""
    queries.partners(said.partner_ids)  # locked before the request, as by whoever ends one of them
    request, _ = begin(actor, reference, Action.ROUTE)
    known = {one.partner_id: one for one in queries.candidates(request)}
    wanted = list(dict.fromkeys(said.partner_ids))
    if not wanted or any(one not in known for one in wanted):
        raise Invalid("partner_ids", _l("Choose at least one partner."))
    if any(known[one].already_asked for one in wanted):
        raise Invalid("partner_ids", _l("One of these partners has already been asked."))
    emails.tell(_propose(actor, request, wanted, said), actor)
    return request


def _propose(
    actor: Actor | None,
    request: SupportRequest,
    partner_ids: Collection[int],
    said: Said,
    without: Collection[Audience] = (),
) -> list[News]:
    """Ask these partners; return what there is to tell."""
    place = request.pole.place
    due_on = clock.add_working_days(clock.today(place), steps.WORKING_DAYS_TO_ANSWER, place)
    before = request.state
    partners = queries.partners(partner_ids)
    if partners.keys() != set(partner_ids):
        raise Conflict  # one of them ended meanwhile
    told: list[News] = []
    for partner_id in partner_ids:
        assignment = Assignment(
            partner=partners[partner_id],
            state=AssignmentState.PROPOSED,
            due_on=due_on,
            proposed_at=clock.now(),
        )
        assignment.referent = None
        request.assignments.append(assignment)
        settle(request)
        event = remember(actor, request, Action.ROUTE, before, request.state, assignment, said)
        told += emails.news(event, actor, without=without)
        before = request.state
    return told


def close(actor: Actor | None, reference: str, action: Action, said: Said) -> SupportRequest:
    """Withdraw or drop: nothing more is expected of anybody, and nobody comes any more."""
    request, _ = begin(actor, reference, action)
    before = request.state
    live = [one for one in request.assignments if one.state in LIVE_ASSIGNMENTS]
    off = appointments.call_off(actor, live, said.message)
    for assignment in live:
        changes.apply(Action.CANCEL, request, assignment, said)
        assignment.state = AssignmentState.CANCELLED
    settle(request, becomes=RequestState(TRANSITIONS[action].target or before))
    event = remember(actor, request, action, before, request.state, said=said)
    emails.tell([*emails.news(event, actor, ended=live, facts=off.facts), *off.news], actor)
    return request


def move(actor: Actor, reference: str, successor: Organisation, said: Said) -> SupportRequest:
    """The pole ends and another, locked, takes the request over; its region stays as it was.

    A draft just moves: nobody else knows of it.
    """
    request, _ = begin(actor, reference, Action.MOVE, right=Permission.ORGANISATION_CREATE)
    heads, context = accounts.members([successor.id], HEAD_ROLES), {"before": request.pole.name}
    request.pole, request.once = queries.pole(successor.id), None
    request.contact = heads[0] if heads else None
    db.session.flush()
    if request.state is not RequestState.DRAFT:
        event = remember(actor, request, Action.MOVE, request.state, request.state, said=said)
        live = [one for one in request.assignments if one.state in LIVE_ASSIGNMENTS]
        emails.tell(emails.news(event, actor, ended=live, context=context), actor)
    return request


def replace(
    actor: Actor, reference: str, assignment_id: int, successor: Organisation | None, said: Said
) -> SupportRequest:
    """A partner ends: its part is taken back, and another, locked, is asked unless it has the request already."""
    context = {"successor": successor.name if successor else None}
    request, assignment = begin(actor, reference, Action.CANCEL, assignment_id)
    if assignment is None:
        raise NotFound
    told = _step(actor, request, assignment, Action.CANCEL, said, context)
    asked = {one.partner_id for one in request.assignments if one.state in LIVE_ASSIGNMENTS}
    if successor is not None and successor.id not in asked:
        told = [*_propose(actor, request, [successor.id], NOTHING, without={Audience.POLE}), *told]
    emails.tell(told, actor)
    return request


def decide(
    actor: Actor | None,
    reference: str,
    action: Action,
    assignment_id: int,
    said: Said = NOTHING,
) -> SupportRequest:
    """Anything that happens to one assignment."""
    request, assignment = begin(actor, reference, action, assignment_id)
    if assignment is None:
        raise NotFound
    emails.tell(_step(actor, request, assignment, action, said), actor)
    return request


def _step(
    actor: Actor | None,
    request: SupportRequest,
    assignment: Assignment,
    action: Action,
    said: Said = NOTHING,
    context: Mapping[str, Any] = MappingProxyType({}),
) -> list[News]:
    """Change one assignment of a locked request, and remember it; return what there is to tell, `context` beside."""
    off = _planned_dates(actor, assignment, action, said)
    before = assignment.state
    changes.apply(action, request, assignment, said)
    target = TRANSITIONS[action].target
    if target is not None:
        assignment.state = AssignmentState(target)
    settle(request)
    event = remember(actor, request, action, before, assignment.state, assignment, said)
    return [*emails.news(event, actor, facts=off.facts, context=context), *off.news]


def _planned_dates(actor: Actor | None, assignment: Assignment, action: Action, said: Said) -> CalledOff:
    """What is still planned ends with its assignment; who completes it says whether the dates are held."""
    if TRANSITIONS[action].target not in ENDED_ASSIGNMENTS:
        return CalledOff()
    if action is Action.COMPLETE and appointments.any_planned(assignment):
        if said.planned is None:
            raise Invalid("planned", _l("Say what becomes of the dates still planned."))
        if said.planned is Planned.HELD:
            return CalledOff()
    return appointments.call_off(actor, [assignment], said.message)


def expire_unanswered(request_id: int) -> bool:
    """Close what partners left unanswered for fifteen working days on a request; False: nothing, or no longer.

    Those it concerns hear of all the partners at once.
    """
    reference = queries.reference_of(request_id)
    request = queries.get_locked(None, reference)
    expired = [
        one
        for one in (request.assignments if request else [])
        if request and one.state is AssignmentState.PROPOSED and _is_expired(request, one)
    ]
    if request:
        told = [told for one in expired for told in _step(None, request, one, Action.EXPIRE)]
        emails.tell(told, None)
    return bool(expired)


def _is_expired(request: SupportRequest, assignment: Assignment) -> bool:
    place = request.pole.place
    proposed_on = clock.day_of(assignment.proposed_at, place)
    return rules.has_expired(proposed_on, clock.today(place), assignment.held_days, place)
