"""What becomes of requests when somebody leaves, or an organisation ends or becomes one with another."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import clock
from portal.db import db
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.requests import emails, queries, steps
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import (
    LIVE_ASSIGNMENTS,
    OPEN_REQUESTS,
    AssignmentState,
    EndReason,
    RequestState,
)
from portal.steps import Audience, Step
from portal.teams.service import Departure, OpenWork
from portal.web.links import Link


def _as_contact(person_id: int, organisation_id: int) -> Sequence[str]:
    """The open requests and drafts of a pole that name the person as their contact."""
    statement = select(SupportRequest.reference).where(
        SupportRequest.pole_id == organisation_id,
        SupportRequest.contact_id == person_id,
        SupportRequest.state.in_((RequestState.DRAFT, *OPEN_REQUESTS)),
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


def _as_referent(person_id: int, organisation_id: int) -> Sequence[str]:
    """The requests that the person follows for a partner."""
    statement = (
        select(SupportRequest.reference)
        .join(SupportRequest.assignments)
        .where(
            Assignment.partner_id == organisation_id,
            Assignment.referent_id == person_id,
            Assignment.state.in_(LIVE_ASSIGNMENTS),
        )
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


def _give_contact(departure: Departure) -> None:
    leaving = departure.membership
    for reference in _as_contact(leaving.person_id, leaving.organisation_id):
        request = queries.get_locked(None, reference)
        if request is not None and request.contact_id == leaving.person_id:
            request.contact = departure.to
            if request.state is RequestState.DRAFT:  # which has no story yet
                request.changed_at = clock.now()
                continue
            _remember(departure, steps.CHANGE_CONTACT, request, None)


def _give_referent(departure: Departure) -> None:
    """The pole hears of its new referent; the colleague gets one e-mail about everything."""
    leaving = departure.membership
    told: list[emails.News] = []
    for reference in _as_referent(leaving.person_id, leaving.organisation_id):
        request = queries.get_locked(None, reference)
        for assignment in request.assignments if request else []:
            held = (assignment.partner_id, assignment.referent_id)
            if request and held == (leaving.organisation_id, leaving.person_id):
                told += _follow(departure, request, assignment)
    emails.tell(told, departure.actor)


def _follow(departure: Departure, request: SupportRequest, assignment: Assignment) -> Sequence[emails.News]:
    """Whoever takes over has it; a pole hears of it once it is accepted."""
    if assignment.state not in LIVE_ASSIGNMENTS:
        return []
    assignment.referent = departure.to
    step = steps.CHANGE_REFERENT if assignment.state is AssignmentState.ACCEPTED else steps.ASSIGN
    event = _remember(departure, step, request, assignment)
    return emails.news(step, event, departure.actor, without={Audience.PARTNER})


def _remember(
    departure: Departure, step: Step[Any], request: SupportRequest, assignment: Assignment | None
) -> RequestEvent:
    """Nothing but the person changes, and nobody needs a right of their own: leaving is enough."""
    state = assignment.state if assignment else request.state
    event = RequestEvent(
        request=request,
        assignment=assignment,
        action=step.name,
        actor_id=departure.actor.person_id if departure.actor else None,
        organisation_id=departure.membership.organisation_id,
        from_state=state,
        to_state=state,
    )
    db.session.add(event)
    return event


def _linked(of: Callable[..., Sequence[str]]) -> Callable[..., Sequence[Link]]:
    """The same requests, each with its page."""
    return lambda *whose: [emails.link(reference) for reference in of(*whose)]


OPEN_WORK = (
    OpenWork(_l("Requests as contact of the pole"), _linked(_as_contact), _give_contact),
    OpenWork(_l("Requests as referent"), _linked(_as_referent), _give_referent),
)


def _of_pole(organisation: Organisation, states: Collection[RequestState] = OPEN_REQUESTS) -> Sequence[str]:
    statement = select(SupportRequest.reference).where(
        SupportRequest.pole_id == organisation.id, SupportRequest.state.in_(states)
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


def _of_partner(organisation: Organisation) -> Sequence[str]:
    statement = (
        select(SupportRequest.reference)
        .join(SupportRequest.assignments)
        .where(Assignment.partner_id == organisation.id, Assignment.state.in_(LIVE_ASSIGNMENTS))
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


def _of_cell(organisation: Organisation) -> Sequence[str]:
    """Those whose next step is the cell's; the others follow their region as well, and wait for somebody else."""
    statement = select(SupportRequest.reference).where(
        SupportRequest.region_code.in_(organisation.region_codes),
        SupportRequest.state == RequestState.TO_ROUTE,
    )
    return db.session.scalars(statement.order_by(SupportRequest.reference)).all()


def _end_pole(ending: Ending) -> None:
    """Dropped, or moved to the pole that takes over, drafts included."""
    with emails.together(ending.actor):
        if ending.successor is None:
            details = Details(reason=EndReason.POLE_ENDED, message=ending.reason)
            for reference in _of_pole(ending.organisation):
                closing.drop(ending.actor, reference, details)
            return
        details = Details(message=ending.reason)
        for reference in _of_pole(ending.organisation, {*OPEN_REQUESTS, RequestState.DRAFT}):
            closing.move(ending.actor, reference, ending.successor, details)


def _end_partner(ending: Ending) -> None:
    """Taken back from it, and asked of the partner that takes over."""
    details = Details(reason=EndReason.PARTNER_ENDED, message=ending.reason)
    with emails.together(ending.actor):
        for reference in _of_partner(ending.organisation):
            request = queries.get_locked(None, reference)
            for assignment in request.assignments if request else ():
                if assignment.partner_id == ending.organisation.id and assignment.state in LIVE_ASSIGNMENTS:
                    assignments.replace(ending.actor, reference, assignment.id, ending.successor, details)


def _end_cell(ending: Ending) -> None:
    """Cells are found by their regions: what waited for this one waits for the other, or the national one, at once."""


LEFT_OPEN = (
    LeftOpen(_l("Requests"), {OrganisationKind.POLE}, _linked(_of_pole), _end_pole),
    LeftOpen(_l("Requests it has"), {OrganisationKind.PARTNER}, _linked(_of_partner), _end_partner),
    LeftOpen(_l("Requests to route"), {OrganisationKind.REGIONAL_CELL}, _linked(_of_cell), _end_cell),
)

_QUIET = {"synchronize_session": False}


def _forget_keys_used_in_both(from_id: int, to_id: int) -> None:
    """A form key used in both is forgotten in one."""
    moving = update(SupportRequest).where(SupportRequest.pole_id == from_id)
    taken = select(SupportRequest.once).where(
        SupportRequest.pole_id == to_id, SupportRequest.once.is_not(None)
    )
    keys = db.session.scalars(taken).all()
    db.session.execute(
        moving.where(SupportRequest.once.in_(keys)).values(once=None), execution_options=_QUIET
    )


def _asked_twice(from_id: int, to_id: int) -> Any:
    """A request that waits for both would wait twice for the same."""
    live = [Assignment.request_id.in_(_live(to_id)), Assignment.request_id.in_(_live(from_id))]
    statement = (
        select(SupportRequest.reference)
        .join(Assignment, Assignment.request_id == SupportRequest.id)
        .where(*live)
        .distinct()
        .order_by(SupportRequest.reference)
        .limit(5)
    )
    references = db.session.scalars(statement).all()
    if not references:
        return None
    return _(
        "Both are asked for the same request (%(references)s): take one of the two back first.",
        references=", ".join(references),
    )


def _live(partner_id: int) -> Any:
    return select(Assignment.request_id).where(
        Assignment.partner_id == partner_id, Assignment.state.in_(LIVE_ASSIGNMENTS)
    )


MOVES = (
    Move(_l("Requests"), SupportRequest.pole_id, prepare=_forget_keys_used_in_both),
    Move(_l("Requests received"), Assignment.partner_id, obstacle=_asked_twice),
    Move(_l("Steps of requests"), RequestEvent.organisation_id),
    Move(_l("Steps between poles"), RequestEvent.pole_id),
)
