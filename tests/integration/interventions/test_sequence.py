"""What calendars know a date by: one name for life, and a number that rises whoever changes what they show."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.interventions import service, steps
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState, Place
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.requests.steps import AssignmentState, World, actor_of, the_request


@pytest.fixture
def planned(make: Builder, world: World) -> Intervention:
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    return make.raw_intervention(
        assignment, world.practitioner.person, InterventionState.PLANNED, on=clock.today() + timedelta(days=9)
    )


def now(number: int) -> Intervention:
    fresh = select(Intervention).where(Intervention.id == number).execution_options(populate_existing=True)
    return db.session.scalars(fresh).one()


@pytest.mark.parametrize(
    "change",
    [
        {"on": clock.today() + timedelta(days=400)},
        {"starts_at": time(9)},
        {"minutes": 45},
        {"place_kind": Place.REMOTE},
        {"place": "Caen"},
        {"state": InterventionState.CALLED_OFF},
    ],
)
def test_it_rises_with_whatever_calendars_show(planned: Intervention, change: dict[str, Any]) -> None:
    with transaction():
        for name, value in change.items():
            setattr(now(planned.id), name, value)
    assert (now(planned.id).sequence, now(planned.id).uid) == (1, planned.uid)


@pytest.mark.parametrize("change", [{"minutes": 210}, {"participants": 3}, {"report": "Autre."}, {}])
def test_it_stays_with_the_rest(planned: Intervention, change: dict[str, Any]) -> None:
    with transaction():
        for name, value in change.items():
            setattr(now(planned.id), name, value)
    assert now(planned.id).sequence == 0


def test_what_is_taken_back_is_one_more_change(planned: Intervention, world: World) -> None:
    actor, was = actor_of(world.practitioner), planned.on
    facts = service.Facts(was + timedelta(days=1), time(10), 60, Place.REMOTE, None)
    with transaction(), undo.act(actor, steps.CORRECT):
        service.change(actor, planned.id, steps.CORRECT, facts, [actor.person_id])
    with transaction():
        undo.take_back(actor, the_request().reference)
    assert (now(planned.id).on, now(planned.id).sequence) == (was, 2)
