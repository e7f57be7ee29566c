"""An account that the portal closes leaves nothing that waits for its owner: the team takes over, and is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.interventions.models import Practice
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from portal.teams import service
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, build_world, mails


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def close(person_id: int) -> None:
    with transaction():
        assert service.close_idle(person_id, clock.today())


def idle(make: Builder, membership) -> int:
    with transaction() as session:
        person = session.get(type(membership.person), membership.person_id)
        person.last_seen_at = days_ago(800)
        person.idle_warned_at = days_ago(40)
    return membership.person_id


def test_the_team_of_a_partner_takes_over(make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    gone = world.manager.person_id
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED, referent_id=gone)
    tomorrow = clock.today() + timedelta(days=1)
    make.raw_intervention(assignment, world.manager.person, InterventionState.PLANNED, on=tomorrow, report="")
    mails()
    close(idle(make, world.manager))
    assert db.session.get(Assignment, assignment.id, populate_existing=True).referent_id is None
    assert db.session.scalars(select(Practice.person_id)).all() == []
    told = mails()
    assert ("teams/work_left", world.practitioner.person.email) in told
    assert ("requests/change_referent_pole", world.coordinator.person.email) in told


def test_the_team_of_a_pole_takes_over(make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    mails()
    close(idle(make, world.coordinator))
    assert db.session.get(SupportRequest, request.id, populate_existing=True).contact_id is None
    assert ("teams/work_left", world.colleague.person.email) in mails()
