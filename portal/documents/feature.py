"""Documents on requests, and on whatever features above declare."""

from portal.documents import jobs, page, personal, routes
from portal.feature import Feature

FEATURE = Feature(
    "documents",
    screens=(routes.bp,),
    start=page.init_app,
    checks=jobs.CHECKS,
    about_person=lambda person: personal.of_person(person.id),
)
