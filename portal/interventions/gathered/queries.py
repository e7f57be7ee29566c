"""Acts that are of no request, and the people whom they name."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.db import db
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures.queries import SPENT
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment


def act(intervention_id: int, *options: ExecutableOption) -> Intervention:
    """One of them, fresh, with who gave it and to whom."""
    statement = (
        select(Intervention)
        .where(Intervention.id == intervention_id)
        .options(
            joinedload(Intervention.assignment),
            selectinload(Intervention.practices).joinedload(Practice.person),
            selectinload(Intervention.contributions),
            selectinload(Intervention.also_served),
            *options,
        )
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique().one()


def spent_in(first: date, after: date, partner_id: Any, *which: ColumnElement[bool]) -> Any:
    """The time a partner spent from a day on and before another on some of these."""
    return (
        select(func.coalesce(func.sum(SPENT), 0))
        .select_from(Gathering)
        .join(Intervention, Intervention.id == Gathering.intervention_id)
        .join(Contribution, Contribution.intervention_id == Intervention.id)
        .join(Assignment, Assignment.id == Contribution.assignment_id)
        .where(
            Assignment.partner_id == partner_id,
            Intervention.state == InterventionState.DONE,
            Intervention.on >= first,
            Intervention.on < after,
            *which,
        )
        .scalar_subquery()
    )


def of_person(person_id: int) -> list[dict[str, Any]]:
    """Those that somebody gave, in short."""
    told = (
        Intervention.on,
        Intervention.starts_at,
        Intervention.minutes,
        Intervention.place,
        Intervention.report,
    )
    statement = (
        select(*told)
        .join(Gathering, Gathering.intervention_id == Intervention.id)
        .join(Practice, Practice.intervention_id == Intervention.id)
        .where(Practice.person_id == person_id)
        .order_by(Intervention.on, Intervention.id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def names(act: Intervention, ids: Collection[int] | None = None) -> str:
    """Who gave it, by name."""
    people = (each.person for each in act.practices if ids is None or each.person_id in ids)
    return ", ".join(sorted(person.name for person in people))
