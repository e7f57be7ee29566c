"""Who is reminded by itself of a request that nobody moves."""

from flask_babel import lazy_gettext as _l

from portal.access.roles import CELL_ROLES, PARTNER_ROLES, POLE_ROLES, Role
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.ladder import Ladder, Rung
from portal.requests import steps
from portal.requests.emails import kind_of
from portal.requests.rules import DRAFT_KEPT, DRAFT_WARNED_BEFORE
from portal.requests.steps import WORKING_DAYS_BEFORE_A_REMINDER, WORKING_DAYS_LATE_TO_EXPIRE
from portal.steps import Audience
from portal.stuck.chasing import emails, queries
from portal.stuck.rules import DAYS_WITHOUT_NEWS, WORKING_DAYS_ON_HOLD

_OF_THE_CELL = _l("the cell")
_OF_THE_POLE = _l("who follows it for the pole")
_ASKED = [
    kind_of("requests", step, Audience.PARTNER)
    for step in (steps.ROUTE, steps.ASSIGN, steps.ANSWER, steps.CHASE, steps.REMIND)
]
_QUESTIONS = [kind_of("requests", step, Audience.POLE) for step in (steps.ASK, steps.CHASE_ANSWER)]
_ACCEPTED = [
    kind_of("requests", step, Audience.PARTNER)
    for step in (steps.ACCEPT, steps.CHANGE_REFERENT, steps.REOPEN, steps.ASK_NEWS)
]

LADDERS = (
    Ladder(
        "requests_unanswered",
        _l("Requests without an answer"),
        emails.WHY_UNANSWERED,
        _l("as soon as the partner accepts, declines or asks a question"),
        queries.unanswered,
        queries.lock_assignment,
        (
            Rung(
                "team",
                _l("the team is reminded"),
                _l("the team of the partner"),
                WORKING_DAYS_BEFORE_A_REMINDER,
                emails.unanswered_team,
                least=2,
                most=4,
                roles=PARTNER_ROLES,
            ),
            Rung(
                "manager",
                _l("the manager is reminded, and the pole told"),
                _l("the manager of the partner, and the pole for information"),
                DAYS_TO_ANSWER,
                emails.unanswered_manager,
                least=5,
                most=7,
                roles={Role.MANAGER},
            ),
            Rung(
                "cell",
                _l("the cell is told"),
                _OF_THE_CELL,
                10,
                emails.unanswered_cell,
                least=8,
                most=14,
                roles=CELL_ROLES,
            ),
            Rung(
                "expired",
                _l("the request goes back to the cell"),
                _l("the partner, the cell and the pole"),
                DAYS_TO_ANSWER + WORKING_DAYS_LATE_TO_EXPIRE,
                None,
            ),
        ),
        by_service=True,
        beyond=queries.beyond_the_usual,
        follows=_ASKED,
    ),
    Ladder(
        "questions_unanswered",
        _l("Questions without an answer"),
        emails.WHY_QUESTION,
        _l("as soon as the pole answers"),
        queries.questions,
        queries.lock_assignment,
        (
            Rung(
                "pole",
                _l("the pole is reminded"),
                _OF_THE_POLE,
                WORKING_DAYS_BEFORE_A_REMINDER,
                emails.question_pole,
                least=2,
                most=4,
                roles=POLE_ROLES,
            ),
            Rung(
                "cell",
                _l("the cell is told"),
                _OF_THE_CELL,
                WORKING_DAYS_ON_HOLD,
                emails.question_cell,
                least=5,
                most=10,
                roles=CELL_ROLES,
            ),
        ),
        by_service=True,
        follows=_QUESTIONS,
    ),
    Ladder(
        "accepted_silent",
        _l("Accepted, and nothing for thirty days"),
        emails.WHY_SILENT,
        _l("as soon as a date is planned, work is logged, or the partner says that it goes on"),
        queries.silent,
        queries.lock_assignment,
        (
            Rung(
                "partner",
                _l("the partner is asked for news"),
                _l("who has it at the partner"),
                DAYS_WITHOUT_NEWS,
                emails.silent_partner,
                least=DAYS_WITHOUT_NEWS,
                most=45,
                calendar=True,
                roles=PARTNER_ROLES,
            ),
            Rung(
                "cell",
                _l("the cell is told"),
                _OF_THE_CELL,
                50,
                emails.silent_cell,
                least=46,
                most=60,
                calendar=True,
                roles=CELL_ROLES,
            ),
        ),
        by_service=True,
        follows=_ACCEPTED,
    ),
    Ladder(
        "drafts",
        _l("Drafts not sent"),
        emails.WHY_DRAFT,
        _l("as soon as it is sent or deleted"),
        queries.drafts,
        queries.lock_request,
        (
            Rung(
                "pole",
                _l("the pole is reminded"),
                _OF_THE_POLE,
                2,
                emails.draft_pole,
                least=2,
                most=15,
                calendar=True,
                roles=POLE_ROLES,
            ),
            Rung(
                "warned",
                _l("the pole is warned that it will be deleted"),
                _OF_THE_POLE,
                (DRAFT_KEPT - DRAFT_WARNED_BEFORE).days,
                None,
                calendar=True,
            ),
            Rung("deleted", _l("the draft is deleted"), _OF_THE_POLE, DRAFT_KEPT.days, None, calendar=True),
        ),
        by_service=True,
    ),
)
