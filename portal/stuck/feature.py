"""What is late or stuck."""

from portal.feature import Feature
from portal.stuck import jobs, personal, routes
from portal.stuck.chasing import emails

FEATURE = Feature(
    "stuck",
    screens=(routes.bp,),
    emails=emails.EXAMPLES,
    ladders=jobs.LADDERS,
    about_person=lambda person: personal.of_person(person.id),
)
