"""Sessions of the partner: who reads and keeps them. `world` is that of `world.py`; rows: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from portal.alike.models import SharedRequest
from portal.db import db
from portal.notifications.links import service as links
from portal.requests.models import SupportRequest
from portal.sessions.models import CollectiveSession
from portal.sessions.needs.models import AttachedRequest
from portal.sessions.presence import queries as presence
from portal.sessions.registrations.queries import LINK
from portal.sessions.steps import SessionState
from tests.access import received
from tests.needs import raw_attached, raw_shared
from tests.sessions import ALL_DAY, fields_of, long_closed, raw_held, raw_registration, raw_session

Values = dict[str, Any]
Stage = Callable[[Any], Values]
_LAST = CollectiveSession.id.desc()

OPEN_SESSIONS = (
    *("sessions.index", "sessions.show"),
    *("registrations.own", "registrations.leave", "registrations.take", "presence.come"),
    *received.OPEN_TO_POLES,
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
presence.close GET begun | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
presence.close POST begun | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
presence.walk_in GET begun | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
presence.walk_in POST begun | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
presence.code GET begun | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
presence.certificates GET closed | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
presence.counted GET long_closed | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
presence.rectify_later GET long_closed | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
presence.rectify_later POST long_closed | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
presence.come GET begun | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
presence.come POST begun | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
registrations.of_pole GET session | in 200 403 200 | 403 403 403 | 403 403 403 | 403 403
registrations.of_pole POST session | 401 302 403 302 | 403 403 403 | 403 403 403 | 403 403
registrations.withdraw POST registered | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
registrations.accept_for POST called | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
registrations.own GET registered | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
registrations.leave POST registered | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
registrations.take POST called | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
needs.attach GET needed | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
needs.attach POST needed | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
needs.ask POST needed | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
needs.detach POST needed | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
"""
# fmt: on


def _session(state: SessionState) -> Stage:
    def build_it(world: Any) -> Values:
        session = raw_session(world.make, world.member("practitioner"), world.service, state=state)
        return {"session_id": session.id}

    return build_it


def _registered(standing: str, **when: Any) -> Stage:
    def build_it(world: Any) -> Values:
        session = raw_session(world.make, world.member("practitioner"), world.service, **when)
        registration = raw_registration(world.make, session, world.coordinator, standing)
        token = links.signed(LINK, registration.id)
        return {"session_id": session.id, "registration_id": registration.id, "token": token}

    return build_it


def _closed(world: Any) -> Values:
    by = world.member("practitioner")
    session = raw_session(world.make, by, world.service, state=SessionState.HELD, **ALL_DAY)
    raw_held(world.make, session, by, raw_registration(world.make, session, world.coordinator))
    return {"session_id": session.id}


def _long_closed(world: Any) -> Values:
    held = long_closed(world.make, world.member("practitioner"), world.service, world.coordinator)
    return {"session_id": held.session_id}


def _code(_world: Any, _persona: str) -> Values:
    return {"code": presence.code(db.session.scalars(select(CollectiveSession).order_by(_LAST)).first())}


def _needed(world: Any) -> Values:
    """Two requests that were brought together, of which one has a session."""
    pair = [
        world.make.raw_request(who, service=world.service)
        for who in (world.coordinator, world.member("other_pole"))
    ]
    raw_attached(world.make, world.member("practitioner"), world.service, pair[0])
    return {"shared_id": raw_shared(world.make, *pair).id, "reference": pair[0].reference}


def _newest(world: Any, _persona: str) -> Values:
    """What a cell chooses: the session and the other request that were last made."""
    session = db.session.scalar(select(func.max(AttachedRequest.session_id)))
    shared = select(SharedRequest.request_id).order_by(SharedRequest.request_id.desc()).limit(1)
    reference = db.session.scalar(select(SupportRequest.reference).where(SupportRequest.id.in_(shared)))
    return {"session_id": session or 1, "references": [reference or "2026-0001"]}


def _fields(world: Any, persona: str) -> Values:
    return fields_of(world.service, once=f"session-{persona}")


STAGES: dict[str, Stage] = {
    **received.STAGES,
    "session": _session(SessionState.OPEN),
    "drafted": _session(SessionState.DRAFT),
    "registered": _registered("seated"),
    "called": _registered("offered"),
    "begun": _registered("seated", **ALL_DAY),
    "closed": _closed,
    "long_closed": _long_closed,
    "needed": _needed,
}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    **received.FORMS,
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
    "presence.close": lambda world, _persona: {
        "minutes": "3 h",
        "practitioner_ids": [str(world.member("practitioner").person_id)],
    },
    "presence.rectify_later": lambda world, _persona: {
        "minutes": "3 h",
        "practitioner_ids": [str(world.member("practitioner").person_id)],
        "why": "La feuille d’émargement le dit.",
    },
    "presence.walk_in": lambda world, persona: {
        "once": f"walked-in-{persona}",
        "name": f"Lise {world.next_number()}",
        "pole_id": str(world.coordinator.organisation_id),
    },
    "presence.come": _code,
    "sessions.discard": lambda _world, _persona: {},
    "needs.attach": _newest,
    "needs.ask": lambda world, _persona: {"partner_id": world.partner.id},
    "needs.detach": lambda _world, _persona: {},
}
