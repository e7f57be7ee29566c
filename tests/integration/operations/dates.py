"""What the worker does about dates: what it finds, and what somebody did meanwhile."""

from typing import Any

from sqlalchemy import update

from portal import clock
from portal.db import db
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.interventions.told import rules
from portal.requests.steps import AssignmentState
from tests.builders import Builder


def planned_lately(make: Builder) -> Any:
    """On the last day whose evening has come."""
    partner, request = make.partner(), make.raw_request()
    assignment = make.raw_assignment(request, partner, AssignmentState.ACCEPTED)
    day = dict(rules.evenings(clock.now()))[None]
    make.raw_intervention(
        assignment, make.practitioner(partner).person, InterventionState.PLANNED, on=day, report=""
    )


def told_by_now(_person_id: int) -> None:
    """Somebody has called it off."""
    db.session.execute(update(Intervention).values(state=InterventionState.CALLED_OFF))
