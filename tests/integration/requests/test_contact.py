"""Whom every e-mail to a pole says to call at its cell."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.teams.calling import queries
from portal.teams.models import Absence
from portal.teams.queries import Addressee
from tests.builders import Builder
from tests.integration.requests.steps import World, page_of


def to_the_pole(world: World) -> list[str]:
    statement = select(OutboxEmail.text).where(OutboxEmail.recipient == world.coordinator.person.email)
    return [*db.session.scalars(statement.order_by(OutboxEmail.id))]


def away(member: Membership, substitute: Membership | None = None) -> None:
    with transaction() as session:
        session.add(
            Absence(
                membership_id=member.id,
                starts_on=clock.today(),
                ends_on=clock.today() + timedelta(days=9),
                substitute_id=substitute.person_id if substitute else None,
            )
        )


def calls(member: Membership, phone: str) -> None:
    with transaction() as session:
        session.merge(member.person).phone = phone


@pytest.fixture
def request_(make: Builder, world: World) -> Any:
    return make.raw_request(world.coordinator, service=world.service)


def tell(world: World, browse: Any, request: Any) -> None:
    """Its cell routes it, then writes to the pole."""
    cell = browse(world.national)
    cell.post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)]})
    words = {
        "once": "key",
        "text": "Avez-vous une date ?",
        "to": f"with-{world.partner.id}",
        "intent": "send",
    }
    assert cell.post(page_of(request, None, "conversation"), words).status_code == 302


def test_its_person_with_their_telephone(world: World, browse: Any, request_: Any) -> None:
    calls(world.cell, "02 35 00 00 02")
    tell(world, browse, request_)
    told = to_the_pole(world)
    assert len(told) == 2
    assert all(f"{world.cell.person.name}, 02 35 00 00 02" in one for one in told)


def test_their_address_where_they_give_no_telephone(world: World, browse: Any, request_: Any) -> None:
    tell(world, browse, request_)
    assert all(f"{world.cell.person.name}, {world.cell.person.email}" in one for one in to_the_pole(world))


def test_who_stands_in_while_they_are_away(make: Builder, world: World, browse: Any, request_: Any) -> None:
    calls(world.cell, "02 35 00 00 02")
    colleague = make.member(world.cell.organisation, Role.REGIONAL_ADMIN)
    away(world.cell, colleague)
    tell(world, browse, request_)
    told = to_the_pole(world)
    assert told
    for one in told:
        assert f"{colleague.person.name}, {colleague.person.email} (à la place de" in one
        assert world.cell.person.name in one


def test_a_colleague_who_is_there_where_nobody_was_named(make: Builder, world: World) -> None:
    colleague = make.member(world.cell.organisation, Role.REGIONAL_ADMIN)
    calls(world.cell, "02 35 00 00 02")
    away(world.cell)
    found = queries.to_call(queries.cells(world.coordinator.organisation.region_code))
    assert isinstance(found, Addressee)
    assert found.person.id == colleague.person_id


def test_the_national_cell_where_the_region_has_none(make: Builder, world: World) -> None:
    found = queries.to_call(queries.cells("94"))
    assert found
    assert found.person.id == world.national.person_id
