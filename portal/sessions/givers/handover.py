"""What becomes of the sessions that somebody gives when they leave the partner."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.sessions import queries as sessions
from portal.sessions import words
from portal.sessions.givers import queries, service
from portal.sessions.registrations import emails
from portal.teams.service import Departure, OpenWork
from portal.web.addresses import absolute_url
from portal.web.links import Link


def _to_give(person_id: int, organisation_id: int) -> Sequence[Link]:
    return [
        Link(
            LazyString("{}, {}".format, session.title, LazyString(words.moment, session)),
            absolute_url("sessions.manage", session_id=session.id),
        )
        for session in queries.given_by(person_id, organisation_id)
    ]


def _give(departure: Departure) -> None:
    """The colleague gives them, who hears of it with all the rest."""
    leaving = departure.membership
    given = [each.id for each in queries.given_by(leaving.person_id, leaving.organisation_id)]
    for number in given:
        if session := sessions.locked(number):
            service.replace(session, leaving.person_id, departure.to)
    emails.tell_calendars(given)


SESSIONS_TO_GIVE = OpenWork(_l("Sessions to give"), _to_give, _give)
