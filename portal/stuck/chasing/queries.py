"""Requests that wait for somebody, as their ladders see them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.db import Moment, db
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Partner, Pole
from portal.organisations.queries import is_today
from portal.requests import words
from portal.requests.events.queries import still_stands
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import queries as pairs
from portal.requests.queries import is_visible_to, owned_by
from portal.requests.steps import AssignmentState, RequestState
from portal.stuck import queries
from portal.stuck.models import Snooze
from portal.stuck.rules import DAYS_WITHOUT_NEWS
from portal.teams.models import Absence
from portal.territories.reference import place_of

ANSWERED_EARLY = timedelta(days=12)
"""The first reminder leaves two or three working days before an answer is due."""
OLDEST_DRAFT = timedelta(days=60)

_REQUEST = (
    SupportRequest.id.label("request_id"),
    SupportRequest.reference,
    SupportRequest.subject,
    SupportRequest.region_code,
    SupportRequest.service_id,
    SupportRequest.pole_id,
    Pole.name.label("pole"),
    Pole.department_code,
    Pole.region_code.label("pole_region"),
)


def unanswered(ask: Ask) -> Sequence[Thing]:
    """What partners were asked and have not answered."""
    columns = (Assignment.proposed_at, Assignment.days_to_answer, _snoozed_until())
    rows = _assignments(ask, AssignmentState.PROPOSED, columns)
    if ask.numbers is None:
        rows = rows.where(Assignment.due_on <= ask.until + ANSWERED_EARLY)
    return [
        _of_request(
            row,
            clock.day_of(row.proposed_at, place_of(row.department_code, row.pole_region)),
            held=row.held_days + row.days_to_answer - DAYS_TO_ANSWER,
            goes_to={
                "team": row.partner_id,
                "manager": row.partner_id,
                "cell": None,
                "expired": row.partner_id,
            },
            rests_until={"cell": row.until} if row.until else {},
        )
        for row in db.session.execute(rows)
    ]


def beyond_the_usual(service_id: int) -> int:
    """How many working days more than the usual a service gives to answer; below zero: fewer."""
    days = select(Service.days_to_answer).where(Service.id == service_id)
    return db.session.scalars(days).one() - DAYS_TO_ANSWER


def questions(ask: Ask) -> Sequence[Thing]:
    """The questions that poles have not answered; one at a time of a partner."""
    rows = _assignments(ask, AssignmentState.ON_HOLD, (Assignment.held_on, _snoozed_until()))
    rows = rows.where(Assignment.held_on <= ask.until)
    return [
        _of_request(
            row,
            row.held_on,
            round=str(row.held_on),
            goes_to={"pole": row.pole_id, "cell": None},
            rests_until={"cell": row.until} if row.until else {},
        )
        for row in db.session.execute(rows)
    ]


def silent(ask: Ask) -> Sequence[Thing]:
    """What partners accepted and of which nothing is heard, counted from the last that was. Who leads is asked for
    those that it leads, and what is heard of these counts."""
    events = select(func.max(RequestEvent.at, type_=Moment)).where(
        RequestEvent.request_id == Assignment.request_id,
        pairs.is_of_it(RequestEvent.assignment_id),
        RequestEvent.action.in_(queries.SIGNS_OF_LIFE),
        still_stands(),
    )
    visits = (
        queries.given_to()
        .with_only_columns(func.max(Intervention.on))
        .where(Intervention.state == InterventionState.DONE)
    )
    columns = (
        Assignment.answered_on,
        events.scalar_subquery().label("moved_at"),
        visits.scalar_subquery().label("visited_on"),
        _snoozed_until(),
    )
    rows = _assignments(ask, AssignmentState.ACCEPTED, columns).where(
        Assignment.answered_on <= ask.until - timedelta(days=DAYS_WITHOUT_NEWS),
        ~_comes(ask.today),
        ~pairs.is_led(),
    )
    return [
        _of_request(
            row,
            since,
            round=str(since),
            goes_to={"partner": row.partner_id, "cell": None},
            rests_until={"cell": row.until} if row.until else {},
        )
        for row in db.session.execute(rows)
        for since in [_last_heard(row)]
    ]


def _comes(today: date) -> ColumnElement[bool]:
    """Is something planned, today or later?"""
    planned = queries.given_to().where(
        Intervention.state == InterventionState.PLANNED, Intervention.on >= today
    )
    return planned.exists()


def _last_heard(row: Any) -> date:
    place = place_of(row.department_code, row.pole_region)
    moved_on = clock.day_of(row.moved_at, place) if row.moved_at else None
    return max(filter(None, (row.answered_on, moved_on, row.visited_on)))


def drafts(ask: Ask) -> Sequence[Thing]:
    """Requests that were begun and not sent."""
    rows = (
        select(
            SupportRequest.id.label("id"),
            SupportRequest.created_at,
            SupportRequest.changed_at,
            literal("").label("whose"),
            _contact_back_after(),
            *_REQUEST,
        )
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(
            *with_number(ask, SupportRequest.id),
            SupportRequest.state == RequestState.DRAFT,
            SupportRequest.created_at >= clock.end_of(ask.today - OLDEST_DRAFT),
            Pole.active,
            *([is_visible_to(ask.actor)] if ask.actor else []),
        )
        .order_by(SupportRequest.id)
        .limit(ask.most)
    )
    return [
        _of_request(
            row,
            clock.day_of(row.changed_at or row.created_at, place_of(row.department_code, row.pole_region)),
            goes_to={"pole": row.pole_id},
            rests_until={"pole": row.away_until} if row.away_until else {},
        )
        for row in db.session.execute(rows)
    ]


def _contact_back_after() -> Any:
    """The last day on which who wrote it is away."""
    until = (
        select(func.max(Absence.ends_on))
        .join(Absence.membership)
        .where(
            Membership.person_id == SupportRequest.contact_id,
            Membership.organisation_id == SupportRequest.pole_id,
            Membership.ended_at.is_(None),
            is_today(Absence),
        )
    )
    return until.correlate(SupportRequest).scalar_subquery().label("away_until")


def _snoozed_until() -> Any:
    until = select(Snooze.until).where(Snooze.request_id == SupportRequest.id, queries.nothing_since())
    return until.scalar_subquery().label("until")


def _assignments(ask: Ask, state: AssignmentState, columns: Sequence[Any]) -> Select[Any]:
    """Those in a state, of poles that use the portal, by number; with whose they are, but for a partner itself."""
    partner = aliased(Partner)
    whose = literal("") if ask.actor and ask.actor.is_partner else partner.name
    seen = [is_visible_to(ask.actor), owned_by(ask.actor)] if ask.actor else []
    return (
        select(
            Assignment.id,
            Assignment.partner_id,
            Assignment.held_days,
            whose.label("whose"),
            *columns,
            *_REQUEST,
        )
        .join(Assignment.request)
        .join(partner, partner.id == Assignment.partner_id)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(*with_number(ask, Assignment.id), queries.stands(state), Pole.active, *seen)
        .order_by(Assignment.id)
        .limit(ask.most)
    )


def _of_request(row: Any, since: date, **values: Any) -> Thing:
    title = row.subject or words.service_asked(None)
    return Thing(
        row.id,
        since,
        f"{title}, {row.whose}" if row.whose else title,
        ("requests.show", {"reference": row.reference}),
        place_of(row.department_code, row.pole_region),
        region_code=row.region_code,
        service_id=row.service_id,
        **values,
    )


def lock_assignment(number: int) -> None:
    """The request of an assignment stays as it is until the transaction ends."""
    request_id = select(Assignment.request_id).where(Assignment.id == number).scalar_subquery()
    lock_request(request_id)


def lock_request(number: Any) -> None:
    """The same of a request."""
    db.session.execute(select(SupportRequest.id).where(SupportRequest.id == number).with_for_update())


def assignment(number: int) -> Assignment:
    """One of them with all that its e-mails say, read again."""
    statement = (
        select(Assignment)
        .where(Assignment.id == number)
        .options(
            joinedload(Assignment.partner),
            joinedload(Assignment.referent),
            joinedload(Assignment.request).options(*_spoken_of()),
        )
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def request(number: int) -> SupportRequest:
    """The same of a request."""
    statement = select(SupportRequest).where(SupportRequest.id == number).options(*_spoken_of())
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _spoken_of() -> Sequence[Any]:
    return (
        joinedload(SupportRequest.pole),
        joinedload(SupportRequest.service),
        joinedload(SupportRequest.contact),
    )
