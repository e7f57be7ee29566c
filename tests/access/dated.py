"""Dates in calendars: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from portal.calendars.feeds import service
from portal.calendars.rules import Scope
from portal.db import transaction
from tests.integration.requests.steps import actor_of

Values = dict[str, Any]

# fmt: off
DATED = """
calendars.index GET none | in 200 200 200 | 200 200 200 | 200 200 200 | 200 200
calendars.index POST none | 401 200 200 200 | 200 200 200 | 200 200 200 | 200 200
calendars.feed GET fed | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
calendars.download GET planned | in 200 200 404 | 200 200 404 | 200 404 200 | 403 403
"""
# fmt: on


def fed(world: Any) -> Values:
    """The link of the coordinator's dates."""
    with transaction():
        return {"token": service.make(actor_of(world.coordinator), Scope.TEAM)}


STAGES = {"fed": fed}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "calendars.index": lambda _world, _persona: {"scope": "mine", "what": "make"},
}
