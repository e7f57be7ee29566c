import pytest

from tests.builders import Builder
from tests.integration.requests.steps import World, build_world
from tests.integration.sessions.needs import Need


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def need(make: Builder, world: World) -> Need:
    return Need(make, world)
