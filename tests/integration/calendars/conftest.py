import pytest

from tests.builders import Builder
from tests.integration.requests.steps import World, build_world


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)
