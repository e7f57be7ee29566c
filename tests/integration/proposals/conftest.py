import pytest

from tests.builders import Builder
from tests.integration.proposals.steps import Scene, build_scene


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)
