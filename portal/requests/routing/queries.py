"""The partners that could be asked for a request, with what speaks for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, Select, bindparam, func, null, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import Eligibility, PoleFacts, ServiceFacts, by_partner, weigh
from portal.catalogue.limits import queries as limits
from portal.catalogue.limits.models import PartnerLimit
from portal.catalogue.limits.rules import year_of
from portal.catalogue.models import Delivery, Service
from portal.catalogue.room import queries as room
from portal.catalogue.room.rules import Room
from portal.db import db, plain_rows
from portal.organisations.models import Coverage, OrganisationAbsence, Partner, Pole
from portal.organisations.queries import is_today
from portal.organisations.rules import Place, covers, may_cover
from portal.requests import queries as requests
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rows.rules import Row
from portal.requests.rules import Candidate, rank
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.requests.used.queries import GIVEN, taken_by

_ANSWERS_THAT_COUNT = 20


@dataclass(frozen=True, slots=True)
class Advice:
    """What helps to route a request: its pole, what is said to it of the service it asks for, and the partners that
    could be asked, best first."""

    pole: Pole
    ruling: Eligibility
    candidates: Sequence[Candidate]


def advice(request: SupportRequest) -> Advice:
    """What who is to route a request reads."""
    pole, facts = requests.pole_and_facts(request)
    return Advice(pole, weigh(*facts), rank(_able(request, facts)))


def known(request: SupportRequest) -> Mapping[int, Candidate]:
    """The active partners by number, for who has chosen already."""
    return {each.partner_id: each for each in _able(request)}


def _able(
    request: SupportRequest, facts: tuple[PoleFacts | None, ServiceFacts | None] = (None, None)
) -> Iterator[Candidate]:
    asked = {
        assignment.partner_id for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS
    }
    declined = _declined(request)
    services = [request.service_id] if request.service_id else []
    able = _partners(services, [(request.pole.region_code, request.pole.department_code)])
    for each, places in able:
        yield replace(
            each,
            already_asked=each.partner_id in asked,
            declined_on=declined.get(each.partner_id),
            ruling=_ruling(*facts, each, places),
        )


def _ruling(
    pole: PoleFacts | None, service: ServiceFacts | None, asked: Candidate, places: Sequence[Place]
) -> Eligibility | None:
    """What is said to a pole of a service, as if this partner alone delivered it."""
    if pole is None or service is None:
        return None
    its_room = None if asked.places is None else Room(asked.places, asked.used)
    return weigh(pole, by_partner(service, places, its_room, asked.given))


def candidates_for(rows: Sequence[Row]) -> list[Candidate]:
    """The same for several requests at once: who delivers all of their services and covers all of their places."""
    asked = select(SupportRequest.service_id).where(SupportRequest.id.in_([row.id for row in rows]))
    services = [number for number in db.session.scalars(asked.distinct()) if number]
    places = {(row.pole.region_code, row.pole.department_code) for row in rows}
    return rank(each for each, _places in _partners(services, sorted(places, key=str)))


def rulings(rows: Sequence[Row]) -> Mapping[int, Eligibility]:
    """What is said to the poles of several requests, by number of the request. One statement for all that follow the
    same clocks."""
    together: dict[ZoneInfo, list[Row]] = {}
    for row in rows:
        together.setdefault(clock.zone_of(row.pole.place), []).append(row)
    known: dict[int, Eligibility] = {}
    for same in together.values():
        place = same[0].pole.place
        values = {"numbers": [row.id for row in same], **eligibility.moments(place)}
        for read in plain_rows(_rulings(), values):
            known[read.request_id] = eligibility.read(read, place)
    return known


@cache
def _rulings() -> Select[*tuple[Any, ...]]:
    """Built once. The request is another one than those that are counted."""
    asked = aliased(SupportRequest)
    return (
        select(asked.id.label("request_id"), *eligibility.facts(without=asked.id))
        .join(Pole, Pole.id == asked.pole_id)
        .outerjoin(Service, Service.id == asked.service_id)
        .where(asked.id.in_(bindparam("numbers", expanding=True)))
    )


def _partners(
    services: Sequence[int], places: Sequence[tuple[str | None, str | None]]
) -> Iterator[tuple[Candidate, Sequence[Place]]]:
    """The active partners, with what speaks for each where these services are asked for in these places, and where they
    work."""
    delivered = select(func.count()).where(
        Delivery.partner_id == Partner.id, Delivery.service_id.in_(services)
    )
    load = select(func.count()).where(
        Assignment.partner_id == Partner.id, Assignment.state.in_(LIVE_ASSIGNMENTS)
    )
    absent = select(func.max(OrganisationAbsence.ends_on)).where(
        OrganisationAbsence.organisation_id == Partner.id, is_today(OrganisationAbsence)
    )
    only = services[0] if len(services) == 1 else None
    of_these = or_(PartnerLimit.service_id.is_(None), PartnerLimit.service_id.in_(services))
    statement = select(
        Partner.id.label("partner_id"),
        Partner.name,
        (delivered.scalar_subquery() == len(services) if services else null()).label("delivers"),
        load.scalar_subquery().label("open_requests"),
        Partner.capacity_per_month.label("capacity"),
        _taken_this_month().scalar_subquery().label("taken"),
        absent.scalar_subquery().label("absent_until"),
        _answers_in().scalar_subquery().label("answers_in"),
        room.places_of(Partner.id, only).label("places"),
        taken_by(Partner.id, only, year_of(clock.today(), None)).label("used"),
        limits.given(PartnerLimit.partner_id == Partner.id, of_these).label("given"),
        eligibility.joined_places(Coverage.organisation_id == Partner.id).label("works_in"),
    ).where(Partner.active)
    for row in db.session.execute(statement, limits.this_year()):
        facts = dict(row._mapping)
        works_in = eligibility.places_of(facts.pop("works_in"))
        candidate = Candidate(
            **{**facts, "given": limits.read_given(facts["given"])},
            covers=all(covers(works_in, *place) for place in places),
            may_cover=all(may_cover(works_in, *place) for place in places),
        )
        yield candidate, works_in


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
