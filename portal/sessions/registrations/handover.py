"""What becomes of registrations when a pole ends or becomes one with another."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.accounts import queries as accounts
from portal.db import db
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.sessions import queries as sessions
from portal.sessions.registrations import queries, service
from portal.sessions.registrations.models import Registration
from portal.web.addresses import absolute_url
from portal.web.links import Link


def _registered_to(organisation: Organisation) -> Sequence[Link]:
    return [
        Link(session.title, absolute_url("sessions.show", session_id=session.id))
        for session in queries.sessions_of(organisation.id)
    ]


def _end_pole(ending: Ending) -> None:
    """Its people come for its successor, or no more; its team hears that it ends."""
    team = {member.person.email for member in accounts.people_of(ending.organisation.id)}
    known = {ending.actor.email, *team}
    locked = [sessions.locked(each.id) for each in queries.sessions_of(ending.organisation.id)]
    to_come = [session for session in locked if session and not session.has_begun]
    if ending.successor is None:
        service.withdraw_all(ending.organisation.id, to_come, known)
        return
    for session in to_come:
        for registration in queries.of_session(session.id):
            if registration.pole_id == ending.organisation.id:
                registration.pole_id = ending.successor.id
    db.session.flush()


REGISTRATIONS_LEFT = LeftOpen(
    _l("Registrations to sessions"), {OrganisationKind.POLE}, _registered_to, _end_pole, asks=False
)
REGISTRATIONS_MOVE = Move(_l("Registrations to sessions"), Registration.pole_id)
