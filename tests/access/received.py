"""What the coordinator's pole received at a session of the partner, in the region of the regional cell. `world` is that
of `world.py`; rows: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from portal.db import transaction
from portal.notifications.links import service as links
from portal.sessions.received import service
from tests.integration.requests.steps import actor_of
from tests.sessions import long_closed, raw_word

Values = dict[str, Any]
Stage = Callable[[Any], Values]

OPEN_TO_POLES = ("received.by_mail", "received.act_by_mail", "received.take_back_by_mail")
"""What a pole says by a mailed link, without signing in."""

# fmt: off
RECEIVED = """
received.show GET came | in 200 403 404 | 403 403 403 | 403 403 403 | 403 403
received.confirm POST came | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
received.contest GET came | in 200 403 404 | 403 403 403 | 403 403 403 | 403 403
received.contest POST came | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
received.take_back POST answered | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
received.settle GET contested_there | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
received.settle POST contested_there | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
received.by_mail GET asked_there | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
received.act_by_mail POST asked_there | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
received.take_back_by_mail POST answered | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
"""
# fmt: on


def _came(state: str) -> Stage:
    """With the link of their e-mail, by which they confirm."""

    def build_it(world: Any) -> Values:
        reader = world.coordinator
        held = long_closed(world.make, world.member("practitioner"), world.service, reader)
        raw_word(world.make, held, reader, state)
        about = "session.confirm", "", held.session_id
        token = links.to_act(reader.person_id, reader.organisation_id, about)
        return {"session_id": held.session_id, "pole_id": reader.organisation_id, "token": token}

    return build_it


def _answered(world: Any) -> Values:
    """They have just confirmed it."""
    values = _came("waiting")(world)
    with transaction():
        service.confirm(actor_of(world.coordinator), values["session_id"])
    return values


STAGES: dict[str, Stage] = {
    "came": _came("waiting"),
    "asked_there": _came("waiting"),
    "contested_there": _came("contested"),
    "answered": _answered,
}


def _with(**fields: Any) -> Callable[[Any, str], Values]:
    return lambda _world, _persona: fields


FORMS: dict[str, Callable[[Any, str], Values]] = {
    "received.confirm": _with(),
    "received.contest": _with(message="Une heure.", minutes="60"),
    "received.take_back": _with(),
    "received.settle": _with(ruling="kept", message="Vu."),
    "received.act_by_mail": _with(choice="no"),
    "received.take_back_by_mail": _with(),
}
