"""What poles contest at sessions, where their cell reads all that it decides."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.interventions.confirmation.rules import ToDecide
from portal.interventions.confirmation.words import length_of_time
from portal.sessions import words as sessions
from portal.sessions.received import queries
from portal.sessions.received.queries import Received


def to_decide(actor: Actor) -> Sequence[ToDecide]:
    """One for each pole that contests, with both versions."""
    return [_to_decide(each) for each in queries.contested(actor)]


def _to_decide(received: Received) -> ToDecide:
    asked, session = received.confirmation, received.session
    versions = [(_l("Length logged by the partner"), length_of_time(received.minutes))]
    if asked.minutes is not None:
        versions.append((_l("Length according to the pole"), length_of_time(asked.minutes)))
    return ToDecide(
        session.title,
        url_for("presence.counted", session_id=session.id),
        [received.pole.name, session.partner.name, sessions.moment(session)],
        versions,
        asked.message,
        url_for("received.settle", session_id=session.id, pole_id=asked.pole_id),
    )
