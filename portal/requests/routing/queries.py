"""The partners that could be asked for a request, with what speaks for each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Float, Select, exists, func, select

from portal import clock
from portal.catalogue.models import Delivery
from portal.db import db
from portal.organisations.models import Coverage, OrganisationAbsence, Partner
from portal.organisations.queries import covering, is_today
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Candidate, rank
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState

_ANSWERS_THAT_COUNT = 20


def candidates(request: SupportRequest) -> list[Candidate]:
    """The active partners that could be asked, best first, with what speaks for each."""
    pole = request.pole
    places = select(Coverage.organisation_id).where(covering(pole.region_code, pole.department_code))
    delivers = exists().where(Delivery.partner_id == Partner.id, Delivery.service_id == request.service_id)
    load = (
        select(func.count())
        .where(Assignment.partner_id == Partner.id, Assignment.state.in_(LIVE_ASSIGNMENTS))
        .scalar_subquery()
    )
    absent = select(func.max(OrganisationAbsence.ends_on)).where(
        OrganisationAbsence.organisation_id == Partner.id, is_today(OrganisationAbsence)
    )
    statement = select(
        Partner.id,
        Partner.name,
        delivers,
        Partner.id.in_(places),
        load,
        Partner.capacity_per_month,
        _taken_this_month().scalar_subquery(),
        absent.scalar_subquery(),
        _answers_in().scalar_subquery(),
    ).where(Partner.active)
    asked = {
        assignment.partner_id for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS
    }
    candidates = (
        Candidate(
            id_, name, bool(does) or request.service_id is None, bool(covers), count, id_ in asked, *room
        )
        for id_, name, does, covers, count, *room in db.session.execute(statement)
    )
    declined = _declined(request)
    return rank(replace(each, declined_on=declined.get(each.partner_id)) for each in candidates)


def _declined(request: SupportRequest) -> Mapping[int, date | None]:
    """Who said no to a request, by number, and when."""
    declined = (part for part in request.assignments if part.state is AssignmentState.DECLINED)
    return {part.partner_id: part.answered_on for part in declined}


def _taken_this_month() -> Select[int]:
    """How many requests a partner was asked for this month, but for those that it will not do."""
    today = clock.today()
    first = datetime(today.year, today.month, 1, tzinfo=clock.PARIS)
    taken = (*LIVE_ASSIGNMENTS, AssignmentState.COMPLETED)
    return select(func.count()).where(
        Assignment.partner_id == Partner.id, Assignment.proposed_at >= first, Assignment.state.in_(taken)
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
