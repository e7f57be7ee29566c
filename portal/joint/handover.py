"""What becomes of shared requests when a pole ends or becomes one with another: no double, and nobody left behind."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.db import db
from portal.joint import queries, service
from portal.joint.models import JointPole
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.requests.emails import link
from portal.web.links import Link


def _shared_with(organisation: Organisation) -> Sequence[Link]:
    return [link(joint.request.reference) for joint in queries.of_ending(organisation.id)]


def _end_pole(ending: Ending) -> None:
    """It leaves what it joined, or its successor takes part instead; which no longer takes part in what it takes over,
    since it asks for that itself."""
    if ending.successor is None:
        for joint in queries.of_ending(ending.organisation.id):
            service.end(joint)
        return
    _make_room(ending.organisation.id, ending.successor.id, only_open=True)
    for joint in queries.of_ending(ending.organisation.id):
        joint.pole_id = ending.successor.id
    db.session.flush()


def _make_room(from_id: int, to_id: int, *, only_open: bool = False) -> None:
    """A pole takes part neither in its own request, nor twice in one."""
    for joint in queries.in_the_way(from_id, to_id, only_open=only_open):
        db.session.delete(joint)
    db.session.flush()


LEFT_OPEN = (
    LeftOpen(_l("Requests of other poles"), {OrganisationKind.POLE}, _shared_with, _end_pole, asks=False),
)
MOVES = (Move(_l("Requests of other poles"), JointPole.pole_id, prepare=_make_room),)
