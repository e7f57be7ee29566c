"""Who is reminded of dates that nobody has answered."""

from datetime import date

from flask_babel import lazy_gettext as _l

from portal.access.roles import PARTNER_ROLES, POLE_ROLES
from portal.ladder import Ladder, Rung
from portal.proposals import emails, queries, rules

LADDERS = (
    Ladder(
        "dates_proposed",
        _l("Dates proposed and not answered"),
        emails.WHY,
        _l("as soon as the pole picks a date or asks for others"),
        queries.unanswered,
        queries.lock,
        (
            Rung(
                "pole",
                _l("the pole is reminded"),
                _l("who follows the request for the pole"),
                rules.WORKING_DAYS_BEFORE_A_REMINDER,
                emails.reminder,
                least=1,
                most=3,
                roles=POLE_ROLES,
            ),
            Rung(
                "partner",
                _l("the partner is told that nobody has answered"),
                _l("the partner that proposed them"),
                rules.WORKING_DAYS_BEFORE_THE_PARTNER_CALLS,
                emails.unanswered,
                least=4,
                most=10,
                roles=PARTNER_ROLES,
            ),
        ),
        by_service=True,
        follows=(emails.PROPOSED,),
        example=date(2026, 3, 4),
    ),
)
