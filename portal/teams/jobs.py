"""What is asked by itself: the review of a team."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import HEAD_ROLES
from portal.accounts.emails import INVITATION
from portal.feature import Job
from portal.ladder import Ladder, Rung
from portal.teams import queries, service
from portal.teams.emails import REVIEW_DUE
from portal.teams.rules import WORKING_DAYS_TO_REVIEW
from portal.teams.waiting import emails
from portal.teams.waiting import queries as waiting

JOBS = (
    Job(
        "ask for reviews",
        lambda after, most: queries.reviews_due(clock.today(), after)[:most],
        lambda ids: sum(service.ask_for_review(key, clock.today()) for key in ids),
    ),
)

LADDERS = (
    Ladder(
        "invitations",
        _l("Invitations not taken up"),
        emails.WHY_INVITATION,
        _l("as soon as the person comes, or the invitation is withdrawn"),
        waiting.invitations,
        waiting.lock_invitation,
        (
            Rung(
                "inviter",
                _l("whoever invited is reminded"),
                _l("who sent the invitation"),
                7,
                emails.not_taken,
                least=3,
                most=15,
                roles=HEAD_ROLES,
            ),
        ),
        follows=[INVITATION],
    ),
    Ladder(
        "reviews",
        _l("Teams to be checked"),
        emails.WHY_REVIEW,
        _l("as soon as one of them has checked the team"),
        waiting.reviews,
        waiting.lock_team,
        (
            Rung(
                "heads",
                _l("those who answer for it are reminded"),
                _l("who answers for the organisation"),
                WORKING_DAYS_TO_REVIEW,
                emails.review_late,
                least=3,
                most=10,
                roles=HEAD_ROLES,
            ),
        ),
        follows=[REVIEW_DUE],
    ),
)
