"""Documents on requests, and on whatever features above declare."""

from portal.documents import emails, jobs, page, personal, routes, service
from portal.documents.search import page as search
from portal.feature import Feature

FEATURE = Feature(
    "documents",
    screens=(routes.bp,),
    start=page.init_app,
    emails=emails.EXAMPLES,
    checks=jobs.CHECKS,
    tells_infected=service.tell_infected,
    about_person=lambda person: personal.of_person(person.id),
    findables=search.FINDABLES,
)
