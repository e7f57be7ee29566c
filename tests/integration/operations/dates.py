"""What the worker does about dates: what it finds, and what somebody did meanwhile."""

from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Person
from portal.db import db
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.interventions.told import rules
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from tests.builders import Builder


def planned_lately(make: Builder) -> Any:
    """On the last day whose evening has come, wherever that is."""
    partner = make.partner()
    for day in sorted({day for _place, day in rules.evenings(clock.now())}):
        part = make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED)
        who = make.practitioner(partner).person
        make.raw_intervention(part, who, InterventionState.PLANNED, on=day, report="")


def told_by_now(_person_id: int) -> None:
    """Somebody has called it off."""
    db.session.execute(update(Intervention).values(state=InterventionState.CALLED_OFF))


def touched(request_id: int) -> None:
    """Somebody planned a date for it."""
    request = db.session.get(SupportRequest, request_id, with_for_update=True)
    who = db.session.scalars(select(Person.id).order_by(Person.id)).first()
    db.session.add(
        RequestEvent(
            request_id=request.id, action=visits.PLAN.name, actor_id=who, from_state="a", to_state="b"
        )
    )
