"""People of the whole portal, and looking at it as one of them."""

from portal.feature import Feature
from portal.journal.rules import Page, Subject
from portal.people import emails, jobs, queries, routes
from portal.people.search import page as search
from portal.people.viewing import service as viewing

FEATURE = Feature(
    "people",
    screens=(routes.bp,),
    start=viewing.init_app,
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    journal_pages={
        Subject.PERSON: Page("people.show", "person_id", queries.history_of_person),
        Subject.ORGANISATION: Page(
            "organisations.detail", "organisation_id", queries.history_of_organisation
        ),
    },
    looks_as=viewing.look,
    findables=search.FINDABLES,
)
