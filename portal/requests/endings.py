"""What a pole, a partner or a cell that ends leaves open of requests, and its way on."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.db import db
from portal.organisations.endings import Ending, LeftOpen
from portal.organisations.kinds import OrganisationKind
from portal.organisations.models import Organisation
from portal.requests import emails, queries, service
from portal.requests.changes import Said
from portal.requests.models import Assignment, SupportRequest
from portal.requests.workflow import LIVE_ASSIGNMENTS, OPEN_REQUESTS, Action, EndReason, RequestState


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
            said = Said(reason=EndReason.POLE_ENDED, message=ending.reason)
            for reference in _of_pole(ending.organisation):
                service.close(ending.actor, reference, Action.DROP, said)
            return
        said = Said(message=ending.reason)
        for reference in _of_pole(ending.organisation, {*OPEN_REQUESTS, RequestState.DRAFT}):
            service.move(ending.actor, reference, ending.successor, said)


def _end_partner(ending: Ending) -> None:
    """Taken back from it, and asked of the partner that takes over."""
    said = Said(reason=EndReason.PARTNER_ENDED, message=ending.reason)
    with emails.together(ending.actor):
        for reference in _of_partner(ending.organisation):
            request = queries.get_locked(None, reference)
            for one in request.assignments if request else ():
                if one.partner_id == ending.organisation.id and one.state in LIVE_ASSIGNMENTS:
                    service.replace(ending.actor, reference, one.id, ending.successor, said)


def _end_cell(ending: Ending) -> None:
    """Cells are found by their regions: what waited for this one waits for the other, or the national one, at once."""


LEFT_OPEN = (
    LeftOpen(_l("Requests"), {OrganisationKind.POLE}, _of_pole, _end_pole),
    LeftOpen(_l("Requests it has"), {OrganisationKind.PARTNER}, _of_partner, _end_partner),
    LeftOpen(_l("Requests to route"), {OrganisationKind.REGIONAL_CELL}, _of_cell, _end_cell),
)
