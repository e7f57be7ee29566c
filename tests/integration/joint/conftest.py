import pytest

from tests.builders import Builder
from tests.integration.joint.steps import Poles, build_poles


@pytest.fixture
def poles(make: Builder) -> Poles:
    return build_poles(make)
