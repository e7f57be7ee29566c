"""The rows of a home can be told apart, however much of the same waits."""

from datetime import time
from typing import Any

from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.steps import InterventionState
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.home.test_todo import rows
from tests.integration.requests.steps import build_world

A = AssignmentState


def test_no_two_rows_read_the_same(make: Builder, browse: Any) -> None:
    """Of one day, subject and partner: the hour, the length or the reference says which."""
    world = build_world(make)
    same = [make.raw_request(world.coordinator, subject="Le bail") for _each in range(2)]
    for one in same:
        part = make.raw_assignment(one, world.partner, A.ACCEPTED, referent_id=world.practitioner.person_id)
        for minutes, starts_at in ((60, time(9)), (120, time(9)), (60, time(14))):
            person = world.practitioner.person
            logged = make.raw_intervention(part, person, minutes=minutes, starts_at=starts_at)
            about = {"intervention_id": logged.id, "pole_id": one.pole_id}
            make._save(Confirmation(**about, state=ConfirmationState.WAITING))
        make.raw_intervention(part, world.practitioner.person, InterventionState.PLANNED, starts_at=time(10))
    for _each in range(2):
        waiting = make.raw_request(world.coordinator, subject="Le bail")
        make.raw_assignment(waiting, world.partner, A.PROPOSED)
        routed = make.raw_request(world.coordinator, subject="Le bail")
        make.raw_assignment(routed, world.partner, A.ON_HOLD)
        make.raw_request(world.coordinator, subject="Le bail")
    for reader in (world.coordinator, world.practitioner, world.manager, world.cell, world.national):
        listed = rows(browse(reader), "À faire")
        assert len(listed) > 1
        assert len(listed) == len(set(listed)), [row for row in listed if listed.count(row) > 1]
