"""Planned dates, as their ladders see them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.db import db
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.ladder import Ask, Thing, with_number
from portal.organisations.models import Pole
from portal.requests import words
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import is_visible_to, owned_by
from portal.territories.reference import place_of

LONGEST_BREAK = timedelta(days=6)
"""Between a working day and the day after which the next comes."""
OLDEST_REPORT = timedelta(days=60)


def tomorrow(ask: Ask) -> Sequence[Thing]:
    """What takes place soon; on the day it is planned, nobody is reminded of it."""
    today = min(map(clock.today, (None, *clock.OVERSEAS)))
    rows = _planned(ask).where(
        Intervention.on > today,
        Intervention.on <= ask.until + LONGEST_BREAK,
    )
    return [_tomorrow(row) for row in db.session.execute(rows)]


def _tomorrow(row: Any) -> Thing:
    thing = _thing(row, {"tomorrow": row.partner_id})
    return replace(thing, rests_until={"tomorrow": clock.day_of(row.created_at, thing.place)})


def unreported(ask: Ask) -> Sequence[Thing]:
    """What took place, as planned, and of which nothing is written."""
    rows = _planned(ask).where(Intervention.on < ask.until, Intervention.on >= ask.today - OLDEST_REPORT)
    return [_unreported(row) for row in db.session.execute(rows)]


def _unreported(row: Any) -> Thing:
    thing = _thing(row, {"practitioner": row.partner_id, "manager": row.partner_id})
    return replace(thing, page=("told.tell", {"intervention_id": row.id}), seen_at=thing.page)


def _planned(ask: Ask) -> Select[*tuple[Any, ...]]:
    seen = [is_visible_to(ask.actor), owned_by(ask.actor)] if ask.actor else []
    return (
        select(
            Intervention.id,
            Intervention.on,
            Intervention.created_at,
            Assignment.partner_id,
            SupportRequest.reference,
            SupportRequest.subject,
            SupportRequest.region_code,
            SupportRequest.service_id,
            Pole.department_code,
            Pole.region_code.label("pole_region"),
        )
        .join(Intervention.assignment)
        .join(Assignment.request)
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(
            *with_number(ask, Intervention.id),
            Intervention.state == InterventionState.PLANNED,
            Pole.active,
            *seen,
        )
        .order_by(Intervention.id)
        .limit(ask.most)
    )


def _thing(row: Any, goes_to: dict[str, int | None]) -> Thing:
    return Thing(
        row.id,
        row.on,
        row.subject or words.service_asked(None),
        ("requests.show", {"reference": row.reference}),
        place_of(row.department_code, row.pole_region),
        region_code=row.region_code,
        service_id=row.service_id,
        goes_to=goes_to,
    )


def lock(number: int) -> None:
    """The request of an intervention stays as it is until the transaction ends."""
    request_id = (
        select(Assignment.request_id)
        .join(Intervention, Intervention.assignment_id == Assignment.id)
        .where(Intervention.id == number)
        .scalar_subquery()
    )
    db.session.execute(select(SupportRequest.id).where(SupportRequest.id == request_id).with_for_update())


def intervention(number: int) -> Intervention:
    """One of them with all that its e-mails say, read again."""
    statement = (
        select(Intervention)
        .where(Intervention.id == number)
        .options(
            selectinload(Intervention.practices).joinedload(Practice.person),
            joinedload(Intervention.assignment).options(
                joinedload(Assignment.partner),
                joinedload(Assignment.referent),
                joinedload(Assignment.request).options(
                    joinedload(SupportRequest.pole),
                    joinedload(SupportRequest.service),
                    joinedload(SupportRequest.contact),
                ),
            ),
        )
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def partners_of(number: int) -> Sequence[tuple[int, int]]:
    """Each partner that gives to an intervention: its assignment, and itself, by number."""
    statement = (
        select(Contribution.assignment_id, Assignment.partner_id)
        .join(Contribution.assignment)
        .where(Contribution.intervention_id == number)
        .order_by(Contribution.assignment_id)
    )
    return [(assignment_id, partner_id) for assignment_id, partner_id in db.session.execute(statement)]
