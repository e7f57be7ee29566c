"""Who is reminded by itself of a date that comes, and of a report that is missing."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.access.roles import PARTNER_ROLES, Role
from portal.db import db
from portal.feature import Check, Job
from portal.interventions import steps
from portal.interventions.confirmation.jobs import (
    CONFIRMATION_CHECKS,
    CONFIRMATION_JOBS,
    CONFIRMATION_LADDERS,
)
from portal.interventions.models import Contribution, Practice
from portal.interventions.told import emails as told
from portal.interventions.told import queries as asked
from portal.interventions.upcoming import emails, queries
from portal.ladder import Ladder, Rung
from portal.requests.emails import kind_of
from portal.requests.models import Assignment, SupportRequest
from portal.steps import Audience

_EXAMPLE = date(2026, 3, 18)
_TO_PRACTITIONERS = [
    kind_of("interventions", step, Audience.PRACTITIONERS) for step in (steps.PLAN, steps.CORRECT)
]
_TO_POLES = [kind_of("interventions", step, Audience.POLE) for step in (steps.PLAN, steps.CORRECT)]

LADDERS = (
    Ladder(
        "interventions_tomorrow",
        _l("Interventions of the next working day"),
        emails.WHY_TOMORROW,
        _l("as soon as the date is cancelled"),
        queries.tomorrow,
        queries.lock,
        (
            Rung(
                "tomorrow",
                _l("those who come are reminded, and the pole"),
                _l("who takes part for the partner, and the pole"),
                -1,
                emails.tomorrow,
                least=-3,
                most=-1,
                roles=PARTNER_ROLES,
            ),
        ),
        by_service=True,
        follows=(*_TO_PRACTITIONERS, *_TO_POLES),
        example=_EXAMPLE,
    ),
    Ladder(
        "reports_missing",
        _l("Reports not written"),
        emails.WHY_REPORT,
        _l("as soon as what was done is written, or the date cancelled"),
        queries.unreported,
        queries.lock,
        (
            Rung(
                "practitioner",
                _l("those who were there are reminded"),
                _l("who took part for the partner"),
                2,
                emails.report,
                least=1,
                most=5,
                roles=PARTNER_ROLES,
            ),
            Rung(
                "manager",
                _l("the manager is reminded"),
                _l("the manager of the partner"),
                8,
                emails.report_manager,
                least=6,
                most=15,
                roles={Role.MANAGER},
            ),
        ),
        by_service=True,
        follows=_TO_PRACTITIONERS,
        example=_EXAMPLE,
    ),
    *CONFIRMATION_LADDERS,
)


def _unequal() -> Iterable[str]:
    """Contributions that count other people than those who came, while their names are kept."""
    came = (
        select(func.count())
        .where(
            Practice.intervention_id == Contribution.intervention_id,
            Practice.assignment_id == Contribution.assignment_id,
        )
        .scalar_subquery()
    )
    statement = (
        select(SupportRequest.reference, Contribution.intervention_id)
        .join(Assignment, Assignment.id == Contribution.assignment_id)
        .join(Assignment.request)
        .where(SupportRequest.anonymised_at.is_(None), Contribution.practitioners != came)
        .order_by(Contribution.intervention_id)
    )
    for reference, number in db.session.execute(statement):
        yield f"{reference}, intervention {number}"


JOBS = (
    Job("ask in the evening whether dates took place", asked.due, told.ask, hourly=True),
    *CONFIRMATION_JOBS,
)
CHECKS = (
    Check("contributions that count others than those who came", _unequal),
    *CONFIRMATION_CHECKS,
)
