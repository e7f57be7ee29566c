"""What silence confirms, who is reminded before, and what must be true of stored rows."""

from collections.abc import Iterator
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.access.roles import Role
from portal.db import db
from portal.feature import Check, Job
from portal.interventions.confirmation import emails, queries, service
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.rules import WORKING_DAYS_BEFORE_A_REMINDER
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.models import Intervention
from portal.interventions.silence import queries as silence
from portal.interventions.steps import InterventionState
from portal.interventions.upcoming.queries import lock
from portal.ladder import Ladder, Rung
from portal.requests.models import Assignment, SupportRequest

CONFIRMATION_JOBS = (
    Job("confirm interventions by silence", silence.silent, lambda ids: sum(map(service.let_pass, ids))),
)
CONFIRMATION_LADDERS = (
    Ladder(
        "interventions_to_confirm",
        _l("Interventions to confirm"),
        emails.WHY_TO_CONFIRM,
        _l("as soon as the pole confirms or contests it"),
        queries.to_remind,
        lock,
        (
            Rung(
                "pole",
                _l("the pole is reminded"),
                _l("the coordinators of the pole"),
                WORKING_DAYS_BEFORE_A_REMINDER,
                emails.reminder,
                least=2,
                most=5,
                roles={Role.COORDINATOR},
            ),
        ),
        by_service=True,
        follows=silence.TOLD_BY[:1],
        example=date(2026, 3, 4),
    ),
)


def _not_done() -> Iterator[str]:
    """What waits for a pole, or for its cell, is done."""
    statement = (
        select(SupportRequest.reference, Intervention.id)
        .join(Confirmation, Confirmation.intervention_id == Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Confirmation.state.in_((ConfirmationState.WAITING, ConfirmationState.CONTESTED)),
            Intervention.state != InterventionState.DONE,
        )
        .order_by(Intervention.id)
    )
    for reference, number in db.session.execute(statement):
        yield f"{reference}, intervention {number}"


CONFIRMATION_CHECKS = (Check("interventions to confirm that are not done", _not_done),)
