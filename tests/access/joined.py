"""Other poles on a request of the coordinator's pole. `world` is that of `world.py`; rows: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from portal.db import transaction
from portal.joint import service
from tests.access.confirmed import CONFIRMED
from tests.access.proposed import PROPOSED
from tests.integration.requests.steps import actor_of

Values = dict[str, Any]
Stage = Callable[[Any], Values]

# fmt: off
JOINED = """
joint.index GET none | in 200 200 200 | 403 403 403 | 403 403 403 | 403 403
joint.show GET pole_invited | in 404 404 200 | 403 403 403 | 403 403 403 | 403 403
joint.show GET pole_joined | in 404 404 200 | 403 403 403 | 403 403 403 | 403 403
joint.invite GET proposed | in 200 403 404 | 403 403 403 | 403 403 403 | 403 403
joint.invite POST proposed | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
joint.join POST pole_invited | 401 404 403 302 | 403 403 403 | 403 403 403 | 403 403
joint.refuse POST pole_invited | 401 404 403 302 | 403 403 403 | 403 403 403 | 403 403
joint.leave POST pole_joined | 401 404 403 302 | 403 403 403 | 403 403 403 | 403 403
joint.shut_out POST pole_joined | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
""" + CONFIRMED.lstrip() + PROPOSED.lstrip()
# fmt: on


def invited(stage: Stage) -> Stage:
    """The other pole is asked to join."""

    def build_it(world: Any) -> Values:
        values, pole_id = stage(world), world.member("other_pole").organisation_id
        with transaction():
            service.invite(actor_of(world.coordinator), values["reference"], pole_id, "")
        return {**values, "pole_id": pole_id}

    return build_it


def joined(stage: Stage) -> Stage:
    """It has joined."""

    def build_it(world: Any) -> Values:
        values = invited(stage)(world)
        with transaction():
            service.join(actor_of(world.member("other_pole")), values["reference"], "")
        return values

    return build_it


def stages(stage: Stage) -> dict[str, Stage]:
    return {"pole_invited": invited(stage), "pole_joined": joined(stage)}


FORMS: dict[str, Callable[[Any, str], Values]] = {
    "joint.invite": lambda world, _persona: {"pole_id": world.member("other_pole").organisation_id},
    "joint.join": lambda _world, _persona: {"answer": "Nous aussi."},
    "joint.refuse": lambda _world, _persona: {"answer": "Pas cette année."},
    "joint.leave": lambda _world, _persona: {"answer": "Faute de temps."},
    "joint.shut_out": lambda _world, _persona: {},
}
