"""Sessions of the partner: who reads and keeps them. `world` is that of `world.py`; rows: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from portal.notifications.links import service as links
from portal.sessions.registrations.queries import LINK
from portal.sessions.steps import SessionState
from tests.sessions import fields_of, raw_registration, raw_session

Values = dict[str, Any]
Stage = Callable[[Any], Values]

OPEN_SESSIONS = (
    *("sessions.index", "sessions.show"),
    *("registrations.own", "registrations.leave", "registrations.take"),
)
"""The public pages, and what somebody does for themselves by a mailed link: whoever is registered needs no account."""

# fmt: off
GATHERED = """
sessions.index GET session | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
sessions.show GET session | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
sessions.kept GET session | in 403 403 403 | 200 200 200 | 403 403 403 | 403 403
sessions.manage GET session | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
sessions.create GET none | in 403 403 403 | 200 200 200 | 403 403 403 | 403 403
sessions.create POST none | 401 403 403 403 | 302 302 302 | 403 403 403 | 403 403
sessions.edit GET session | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
sessions.edit POST session | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
sessions.publish POST drafted | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
sessions.cancel GET session | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
sessions.cancel POST session | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
sessions.discard POST drafted | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
registrations.of_pole GET session | in 200 403 200 | 403 403 403 | 403 403 403 | 403 403
registrations.of_pole POST session | 401 302 403 302 | 403 403 403 | 403 403 403 | 403 403
registrations.withdraw POST registered | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
registrations.accept_for POST called | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
registrations.own GET registered | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
registrations.leave POST registered | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
registrations.take POST called | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
"""
# fmt: on


def _session(state: SessionState) -> Stage:
    def build_it(world: Any) -> Values:
        session = raw_session(world.make, world.member("practitioner"), world.service, state=state)
        return {"session_id": session.id}

    return build_it


def _registered(standing: str) -> Stage:
    def build_it(world: Any) -> Values:
        session = raw_session(world.make, world.member("practitioner"), world.service)
        registration = raw_registration(world.make, session, world.coordinator, standing)
        token = links.signed(LINK, registration.id)
        return {"session_id": session.id, "registration_id": registration.id, "token": token}

    return build_it


def _fields(world: Any, persona: str) -> Values:
    return fields_of(world.service, once=f"session-{persona}")


STAGES: dict[str, Stage] = {
    "session": _session(SessionState.OPEN),
    "drafted": _session(SessionState.DRAFT),
    "registered": _registered("seated"),
    "called": _registered("offered"),
}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "sessions.create": _fields,
    "sessions.edit": _fields,
    "sessions.publish": lambda _world, _persona: {},
    "sessions.cancel": lambda _world, _persona: {"reason": "La salle n’est plus libre."},
    "registrations.of_pole": lambda world, persona: {
        "once": f"registered-{persona}",
        "name": "Lise Marchand",
        "email": f"lise{world.next_number()}@exemple.test",
        "language": "fr",
    },
    "registrations.withdraw": lambda _world, _persona: {},
    "registrations.accept_for": lambda _world, _persona: {},
    "registrations.leave": lambda _world, _persona: {},
    "registrations.take": lambda _world, _persona: {},
    "sessions.discard": lambda _world, _persona: {},
}
