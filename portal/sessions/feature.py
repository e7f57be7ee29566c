"""Collective sessions: trainings, visits, what partners offer to people of several poles at once."""

from portal.feature import Feature
from portal.sessions import handover, jobs, routes, words
from portal.sessions.presence import personal as presence
from portal.sessions.presence import routes as who_came
from portal.sessions.registrations import emails, personal
from portal.sessions.registrations import routes as registrations
from portal.sessions.tomorrow.emails import EXAMPLES_OF_TOMORROW

FEATURE = Feature(
    "sessions",
    screens=(routes.bp, registrations.bp, who_came.bp),
    steps=words.STEPS,
    emails={**emails.EMAILS, **EXAMPLES_OF_TOMORROW},
    jobs=jobs.JOBS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    about_person=lambda person: {**personal.of_person(person), **presence.of_person(person.id)},
)
