from collections.abc import Callable

import pytest

from tests.browser import Browser
from tests.builders import Builder
from tests.integration.notifications.conftest import one_server, server
from tests.integration.requests.steps import World, build_world

__all__ = ["national", "one_server", "server", "world"]


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def national(browse: Callable[..., Browser], world: World) -> Browser:
    return browse(world.national)
