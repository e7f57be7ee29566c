"""The life of a request."""

from portal.catalogue.limits.rules import Measure
from portal.feature import Feature
from portal.requests import handover, jobs, personal, queries, routes, service, words
from portal.requests.batch import routes as batch
from portal.requests.by_mail import routes as by_mail
from portal.requests.documents import service as documents
from portal.requests.examples import emails
from portal.requests.of_service import page as of_service
from portal.requests.saved import routes as saved
from portal.requests.search import page as search
from portal.requests.used import queries as used
from portal.requests.writing import routes as writing

FEATURE = Feature(
    "requests",
    screens=(routes.bp, writing.bp, saved.bp, batch.bp, by_mail.bp),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    checks=jobs.CHECKS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    open_work=handover.OPEN_WORK,
    restored=service.RESTORED,
    documents_on=documents.DOCUMENTS_ON,
    hangs_on_service=of_service.hanging,
    about_person=lambda person: personal.of_person(person.id),
    forgets_person=lambda person: personal.forget(person.id),
    findables=search.FINDABLES,
    counts_room=used.taken_of,
    counts_use={Measure.REQUESTS: used.requests_of},
    counts_given={Measure.REQUESTS: used.requests_given},
    lets_find={"pole": queries.poles_asking},
)
