"""The planned interventions of somebody who leaves a partner, and their way to a colleague."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from portal.db import db
from portal.interventions.models import Intervention, Practice
from portal.interventions.workflow import InterventionState
from portal.requests.models import Assignment
from portal.teams.departures import Departure, OpenWork
from portal.web import templating


def _planned(person_id: int, organisation_id: int) -> Select[Intervention]:
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Intervention.practices)
        .where(
            Assignment.partner_id == organisation_id,
            Practice.person_id == person_id,
            Intervention.state == InterventionState.PLANNED,
        )
        .order_by(Intervention.on, Intervention.id)
    )


def _days(person_id: int, organisation_id: int) -> Sequence[str]:
    found = db.session.scalars(_planned(person_id, organisation_id))
    return [templating.day(one.on) for one in found]


def _give(departure: Departure) -> None:
    leaving = departure.membership
    statement = _planned(leaving.person_id, leaving.organisation_id).options(
        selectinload(Intervention.practices)
    )
    locked = statement.with_for_update(of=Intervention).execution_options(populate_existing=True)
    for intervention in db.session.scalars(locked):
        kept = [one for one in intervention.practices if one.person_id != leaving.person_id]
        if departure.to is not None and all(one.person_id != departure.to.id for one in kept):
            kept.append(Practice(person=departure.to))
        intervention.practices = kept


OPEN_WORK = (OpenWork(_l("Planned interventions"), _days, _give),)
