"""What is put off is out of the way everywhere, for as long as nothing happens to it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import transaction
from portal.requests import steps
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import RequestState
from portal.stuck import queries, service
from portal.stuck.rules import Basket
from tests.builders import Builder
from tests.integration.requests.steps import DO, World, actor_of
from tests.integration.stuck.test_console import Case


@pytest.fixture
def request_(make: Builder, world: World) -> SupportRequest:
    """Late, and put off for some days."""
    late = Case(make, world).unanswered()
    with transaction():
        until = clock.today() + timedelta(days=5)
        service.put_off(actor_of(world.cell), late.reference, until, "Congés du pôle")
    return late


def late_of(world: World) -> int:
    return queries.counts(actor_of(world.cell), [Basket.UNANSWERED])[Basket.UNANSWERED]


def test_it_is_not_on_the_home_of_the_cell_either(request_: SupportRequest, world: World, browse) -> None:
    browser = browse(world.cell)
    assert "Débloquer" not in browser.get("/").text
    browser.post(f"/suivi/{request_.reference}/reprendre")
    assert "Débloquer" in browser.get("/").text


def test_it_is_back_once_something_happens_to_it(request_: SupportRequest, world: World, browse) -> None:
    assert late_of(world) == 0
    with transaction():
        said = Details(message="Nous sommes rentrés.")
        DO[steps.ADD_INFORMATION](actor_of(world.coordinator), request_.reference, said)
    assert late_of(world) == 1
    assert "Congés du pôle" not in browse(world.cell).get("/suivi").text


def test_what_is_closed_is_put_off_no_longer(request_: SupportRequest, world: World, browse) -> None:
    browser = browse(world.cell)
    assert "Congés du pôle" in browser.get("/suivi").text
    with transaction() as session:
        ours = SupportRequest.id == request_.id
        session.execute(update(SupportRequest).where(ours).values(state=RequestState.DROPPED))
    assert "Congés du pôle" not in browser.get("/suivi").text
