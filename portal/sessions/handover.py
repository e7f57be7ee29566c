"""What becomes of sessions when the partner that holds them ends or becomes one with another."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import queries as accounts
from portal.db import db
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.sessions import queries, service
from portal.sessions.givers import queries as givers
from portal.sessions.givers import service as given
from portal.sessions.givers.handover import SESSIONS_TO_GIVE
from portal.sessions.models import CollectiveSession
from portal.sessions.needs.models import WantedSession
from portal.sessions.registrations import emails
from portal.sessions.registrations.handover import REGISTRATIONS_LEFT, REGISTRATIONS_MOVE
from portal.web.addresses import absolute_url
from portal.web.links import Link


def _open(organisation: Organisation) -> Sequence[Link]:
    return [
        Link(session.title, absolute_url("sessions.show", session_id=session.id))
        for session in queries.open_of(organisation.id)
    ]


def _end(ending: Ending) -> None:
    """Its successor holds them, given by those who are of its team too, or they are cancelled; its own people hear
    that it ends."""
    ours = {member.person.email for member in accounts.people_of(ending.organisation.id)}
    known = {ending.actor.email, *ours}
    locked = [queries.locked(each.id) for each in queries.open_of(ending.organisation.id)]
    to_come = [session for session in locked if session and not session.has_begun]
    if ending.successor:
        for session in to_come:
            session.partner_id = ending.successor.id
            team = {person.id for person in givers.team(ending.successor.id)}
            given.set_to(session, team & {each.person_id for each in givers.of_session(session.id)})
        emails.tell_calendars([session.id for session in to_come])
    elif to_come:
        service.call_off_all(to_come, _("The organisation that held it has left the portal."), known)
    db.session.flush()


LEFT_OPEN = (
    LeftOpen(_l("Collective sessions"), {OrganisationKind.PARTNER}, _open, _end),
    REGISTRATIONS_LEFT,
)
OPEN_WORK = (SESSIONS_TO_GIVE,)
MOVES = (
    Move(_l("Collective sessions"), CollectiveSession.partner_id),
    Move(_l("Sessions asked for"), WantedSession.partner_id),
    REGISTRATIONS_MOVE,
)
