"""Collective sessions: trainings, visits, what partners offer to people of several poles at once."""

from portal.feature import Feature
from portal.requests.undo.rules import Restored
from portal.sessions import handover, jobs, page, routes, words
from portal.sessions.givers import personal as givers
from portal.sessions.givers.emails import GIVERS_EXAMPLES
from portal.sessions.needs import emails as needs_emails
from portal.sessions.needs import page as needs
from portal.sessions.needs import routes as needs_routes
from portal.sessions.needs.models import AttachedRequest
from portal.sessions.presence import personal as presence
from portal.sessions.presence import routes as who_came
from portal.sessions.presence.emails import PRESENCE_EXAMPLES
from portal.sessions.received import page as decided
from portal.sessions.received import routes as received
from portal.sessions.received.emails import RECEIVED_EXAMPLES
from portal.sessions.registrations import emails, personal
from portal.sessions.registrations import routes as registrations
from portal.sessions.search import page as search
from portal.sessions.tomorrow.emails import EXAMPLES_OF_TOMORROW

FEATURE = Feature(
    "sessions",
    screens=(routes.bp, registrations.bp, who_came.bp, received.bp, needs_routes.bp),
    steps=words.STEPS,
    emails={
        **emails.EMAILS,
        **EXAMPLES_OF_TOMORROW,
        **needs_emails.NEEDS_EXAMPLES,
        **PRESENCE_EXAMPLES,
        **GIVERS_EXAMPLES,
        **RECEIVED_EXAMPLES,
    },
    jobs=jobs.JOBS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    open_work=handover.OPEN_WORK,
    restored=(Restored(AttachedRequest),),
    decides=decided.to_decide,
    request_part=needs.part,
    tells_beside=needs_emails.tell_joined,
    shared_part=needs.shared_part,
    service_part=page.of_service,
    hangs_on_service=page.hanging,
    findables=search.FINDABLES,
    about_person=lambda person: {
        **personal.of_person(person),
        **presence.of_person(person.id),
        **givers.of_person(person.id),
    },
    forgets_person=lambda person: givers.forget(person.id),
)
