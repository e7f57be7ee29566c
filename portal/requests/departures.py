"""What somebody who leaves an organisation holds of its requests, and its way to a colleague."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.requests import emails, queries
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.workflow import OPEN_REQUESTS, Action, AssignmentState, Audience, RequestState
from portal.teams.departures import Departure, OpenWork


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
            Assignment.state == AssignmentState.ACCEPTED,
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
            _remember(departure, Action.CHANGE_CONTACT, request, None)


def _give_referent(departure: Departure) -> None:
    """The pole hears of its new referent; the colleague gets one e-mail about everything."""
    leaving = departure.membership
    told: list[emails.News] = []
    for reference in _as_referent(leaving.person_id, leaving.organisation_id):
        request = queries.get_locked(None, reference)
        for assignment in request.assignments if request else []:
            held = (assignment.partner_id, assignment.referent_id, assignment.state)
            if request and held == (leaving.organisation_id, leaving.person_id, AssignmentState.ACCEPTED):
                assignment.referent = departure.to
                event = _remember(departure, Action.CHANGE_REFERENT, request, assignment)
                told += emails.news(event, departure.actor, without={Audience.PARTNER})
    emails.tell(told, departure.actor)


def _remember(
    departure: Departure, action: Action, request: SupportRequest, assignment: Assignment | None
) -> RequestEvent:
    """Nothing but the person changes, and nobody needs a right of their own: leaving is enough."""
    state = assignment.state if assignment else request.state
    event = RequestEvent(
        request=request,
        assignment=assignment,
        action=action,
        actor_id=departure.actor.person_id if departure.actor else None,
        organisation_id=departure.membership.organisation_id,
        from_state=state,
        to_state=state,
    )
    db.session.add(event)
    return event


OPEN_WORK = (
    OpenWork(_l("Requests as contact of the pole"), _as_contact, _give_contact),
    OpenWork(_l("Requests as referent"), _as_referent, _give_referent),
)
