"""The partners that could be asked for a request, with what speaks for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Float, Select, and_, false, func, or_, select, true

from portal import clock
from portal.catalogue.limits import queries as limits
from portal.catalogue.limits.models import PartnerLimit
from portal.catalogue.limits.rules import year_of
from portal.catalogue.models import Delivery
from portal.catalogue.room.models import ServiceRoom
from portal.db import db
from portal.organisations.models import Coverage, OrganisationAbsence, Partner
from portal.organisations.queries import covering, is_today
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rows.rules import Row
from portal.requests.rules import Candidate, rank
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.requests.used.queries import GIVEN

_ANSWERS_THAT_COUNT = 20


def candidates(request: SupportRequest) -> list[Candidate]:
    """The active partners that could be asked, best first, with what speaks for each."""
    asked = {
        assignment.partner_id for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS
    }
    declined = _declined(request)
    services = [request.service_id] if request.service_id else []
    able = _partners(services, [(request.pole.region_code, request.pole.department_code)])
    return rank(
        replace(
            each,
            already_asked=each.partner_id in asked,
            declined_on=declined.get(each.partner_id),
        )
        for each in able
    )


def candidates_for(rows: Sequence[Row]) -> list[Candidate]:
    """The same for several requests at once: who delivers all of their services and covers all of their places."""
    asked = select(SupportRequest.service_id).where(SupportRequest.id.in_([row.id for row in rows]))
    services = [number for number in db.session.scalars(asked.distinct()) if number]
    places = {(row.pole.region_code, row.pole.department_code) for row in rows}
    return rank(_partners(services, sorted(places, key=str)))


def _partners(
    services: Sequence[int], places: Sequence[tuple[str | None, str | None]]
) -> Iterator[Candidate]:
    """The active partners, with what speaks for each where these services are asked for in these places."""
    delivered = select(func.count()).where(
        Delivery.partner_id == Partner.id, Delivery.service_id.in_(services)
    )
    covers = (Partner.id.in_(select(Coverage.organisation_id).where(covering(*place))) for place in places)
    load = select(func.count()).where(
        Assignment.partner_id == Partner.id, Assignment.state.in_(LIVE_ASSIGNMENTS)
    )
    absent = select(func.max(OrganisationAbsence.ends_on)).where(
        OrganisationAbsence.organisation_id == Partner.id, is_today(OrganisationAbsence)
    )
    only = services[0] if len(services) == 1 else None
    of_these = or_(PartnerLimit.service_id.is_(None), PartnerLimit.service_id.in_(services))
    statement = select(
        Partner.id,
        Partner.name,
        delivered.scalar_subquery() == len(services),
        and_(true(), *covers),
        load.scalar_subquery(),
        false(),
        Partner.capacity_per_month,
        _taken_this_month().scalar_subquery(),
        absent.scalar_subquery(),
        _answers_in().scalar_subquery(),
        _room(only).scalar_subquery(),
        _used_of(only).scalar_subquery(),
        limits.given(PartnerLimit.partner_id == Partner.id, of_these),
    ).where(Partner.active)
    for *facts, given in db.session.execute(statement, limits.this_year()):
        yield Candidate(*(*facts, limits.read_given(given)))


def _declined(request: SupportRequest) -> Mapping[int, date | None]:
    """Who said no to a request, by number, and when."""
    declined = (part for part in request.assignments if part.state is AssignmentState.DECLINED)
    return {part.partner_id: part.answered_on for part in declined}


def _taken_this_month() -> Select[int]:
    """How many requests a partner was asked for this month, but for those that it will not do."""
    today = clock.today()
    first = datetime(today.year, today.month, 1, tzinfo=clock.PARIS)
    return select(func.count()).where(
        Assignment.partner_id == Partner.id, Assignment.proposed_at >= first, Assignment.state.in_(GIVEN)
    )


def _room(service_id: int | None) -> Select[int]:
    """The places that a partner says it has for a service in a year."""
    return select(ServiceRoom.maximum).where(
        ServiceRoom.partner_id == Partner.id, ServiceRoom.service_id == service_id
    )


def _used_of(service_id: int | None) -> Select[int]:
    """How many of them the requests that it was asked for this year use."""
    year = year_of(clock.today(), None)
    return (
        select(func.count())
        .select_from(Assignment)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(
            Assignment.partner_id == Partner.id,
            SupportRequest.service_id == service_id,
            Assignment.proposed_at >= year.start,
            Assignment.state.in_(GIVEN),
        )
    )


def _answers_in() -> Select[float]:
    """How many working days a partner took for its last answers, on average."""
    lately = (
        select(Assignment.answer_days)
        .where(Assignment.partner_id == Partner.id, Assignment.answer_days.is_not(None))
        .order_by(Assignment.id.desc())
        .limit(_ANSWERS_THAT_COUNT)
        .correlate(Partner)
        .subquery()
    )
    return select(func.avg(lately.c.answer_days, type_=Float))
