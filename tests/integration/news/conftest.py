"""Somebody of a pole, and a partner who does things they hear of."""

from typing import NamedTuple

import pytest
from sqlalchemy import select

from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import service
from portal.notifications.preferences.rules import Hours, Rhythm
from portal.requests import steps
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import DO, World, actor_of, build_world


class Told(NamedTuple):
    """A request that a partner was asked for, and who hears of it."""

    world: World
    request: SupportRequest
    assignment_id: int

    @property
    def reader(self) -> Membership:
        return self.world.coordinator


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def told(make: Builder, world: World) -> Told:
    return asked(make, world)


def asked(make: Builder, world: World) -> Told:
    request = make.raw_request(world.coordinator, RequestState.PROPOSED, world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.PROPOSED)
    return Told(world, request, assignment.id)


def accept(told: Told) -> None:
    """Progress for the pole."""
    said = Details(referent_id=told.world.practitioner.person_id)
    with transaction():
        DO[steps.ACCEPT](actor_of(told.world.practitioner), told.request.reference, told.assignment_id, said)


def ask(told: Told) -> None:
    """Something to do for the pole."""
    with transaction():
        DO[steps.ASK](
            actor_of(told.world.practitioner),
            told.request.reference,
            told.assignment_id,
            Details(message="Combien ?"),
        )


def choose(member: Membership, **rhythms: Rhythm) -> None:
    with transaction():
        service.choose(member.person_id, member.organisation_id, rhythms)


def set_hours(member: Membership, hours: Hours) -> None:
    with transaction():
        service.set_hours(member.person_id, hours)


def written(member: Membership) -> list[OutboxEmail]:
    """The e-mails to somebody."""
    statement = select(OutboxEmail).where(OutboxEmail.person_id == member.person_id).order_by(OutboxEmail.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))
