"""What people are reminded of."""

from portal.feature import Feature
from portal.reminders import emails, jobs, personal, routes

FEATURE = Feature(
    "reminders",
    screens=(routes.bp,),
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    about_person=lambda person: personal.of_person(person.email),
)
