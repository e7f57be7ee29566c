"""E-mails, from the outbox to the mail server."""

from portal.feature import Feature
from portal.notifications import jobs, personal, routes
from portal.notifications.mail import service as mail

FEATURE = Feature(
    "notifications",
    screens=(routes.bp,),
    start=mail.init_app,
    jobs=jobs.JOBS,
    about_person=lambda person: personal.of_person(person.id, person.email),
    forgets_person=lambda person: personal.forget(person.id),
)
