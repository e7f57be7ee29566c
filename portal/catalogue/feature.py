"""The services of the bundle."""

from flask_babel import lazy_gettext as _l

from portal.catalogue import handover, routes, words
from portal.catalogue.blocked import routes as blocked
from portal.catalogue.guide import routes as guide
from portal.catalogue.limits import routes as limits
from portal.catalogue.limits import words as limit_words
from portal.catalogue.questions import routes as questions
from portal.catalogue.questions import words as question_words
from portal.catalogue.room import emails as room_emails
from portal.catalogue.room import jobs as room_jobs
from portal.catalogue.room import page as room_page
from portal.catalogue.room import routes as room
from portal.catalogue.search import page as search
from portal.catalogue.sheets import emails, jobs
from portal.catalogue.sheets import routes as sheets
from portal.feature import Feature
from portal.journal.rules import Page, Subject

FEATURE = Feature(
    "catalogue",
    screens=(
        routes.bp,
        guide.bp,
        sheets.bp,
        questions.bp,
        blocked.bp,
        limits.bp,
        room.bp,
        room.waiting,
    ),
    jobs=room_jobs.JOBS,
    steps=words.STEPS,
    emails={**emails.EMAILS, **room_emails.ROOM_EXAMPLES},
    ladders=jobs.LADDERS,
    journal_pages={Subject.SERVICE: Page("sheets.history", "service_id", lambda _service_id: {})},
    journal_fields={
        **words.FIELDS,
        **limit_words.JOURNAL_FIELDS,
        **question_words.JOURNAL_FIELDS,
        "places": _l("Places of services"),
    },
    journal_words={
        "question": question_words.IN_THE_JOURNAL,
        "service_family": words.FAMILIES,
        "service_kind": words.KINDS,
        "service_format": words.FORMATS,
        "service_languages": words.LANGUAGES,
        "service_time_counted": words.BESIDE,
        "service_state": {state: tag.label for state, tag in words.STATES.items()},
    },
    moves=handover.MOVES,
    hangs_on_service=room_page.hanging,
    findables=search.FINDABLES,
)
