"""Who belongs to one organisation."""

from portal.feature import Feature
from portal.teams import emails, handover, jobs, personal, routes
from portal.teams.calling import emails as calling
from portal.teams.invitations import routes as guests

FEATURE = Feature(
    "teams",
    screens=(routes.bp, guests.bp),
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    ladders=jobs.LADDERS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    tells_ending=handover.tell,
    to_call=calling.of_person,
    about_person=lambda person: personal.of_person(person.id),
)
