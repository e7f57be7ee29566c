"""What becomes of the dates still planned when an assignment ends."""

from collections.abc import Callable

import pytest

from portal import clock
from portal.db import db, transaction
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.requests.assignments import service as assignments
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, Planned
from tests.builders import Builder
from tests.integration.requests.steps import actor_of, build_world, mails

Act = Callable[[], None]


@pytest.mark.parametrize("planned", Planned)
def test_completing_holds_the_dates_ahead_or_calls_them_off(make: Builder, planned: Planned) -> None:
    """Whoever was to come is told of what is called off, unless it is their own act."""
    world = build_world(make)
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    ahead = make.raw_intervention(
        assignment, world.manager.person, InterventionState.PLANNED, on=clock.today(), report=""
    )
    mails()
    with transaction():
        said = Details("helped", "Tout est dit.", planned=planned)
        assignments.complete(actor_of(world.practitioner), request.reference, assignment.id, said)
    called_off = planned is Planned.CALLED_OFF
    row = db.session.get(Intervention, ahead.id, populate_existing=True)
    assert row is not None
    assert (row.state is InterventionState.CALLED_OFF) is called_off
    told = {(kind, to) for kind, to in mails() if to == world.manager.person.email}
    assert (("interventions/call_off_practitioner", world.manager.person.email) in told) is called_off
