"""What the pages of services show of their sessions."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.catalogue.sheets.rules import Hanging
from portal.sessions import queries, words
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations import words as standings
from portal.web.doors import Part
from portal.web.links import Link


def of_service(service_id: int) -> Part | None:
    """The next ones, for everybody; how many seats are left is asked only where there is one."""
    sessions = queries.of_service(service_id)
    if not sessions:
        return None
    counts = registrations.counts([session.id for session in sessions])
    left = {session.id: standings.left(session, counts[session.id]) for session in sessions}
    values = {"sessions": sessions, "left": left, "words": words, "heading": _("Sessions to come")}
    return Part("sessions/_of_service.html", values)


def hanging(_actor: Actor, service_id: int) -> Sequence[Hanging]:
    """The sessions ahead of a service that closes: everybody reads them."""
    sessions = queries.of_service(service_id)
    if not sessions:
        return ()
    becomes = _l(
        "They take place as planned, and poles still register people: whoever holds one that shall not take place"
        " cancels it on its page."
    )
    links = [Link(each.title, url_for("sessions.show", session_id=each.id)) for each in sessions]
    return [Hanging(_l("Sessions to come"), len(sessions), becomes, links)]
