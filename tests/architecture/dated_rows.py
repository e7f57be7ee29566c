"""Rows about a date: who was invited, the link to read dates by, the word of the pole, an adjustment, a correction,
what was begun and not sent, whom else it was for."""

from portal.accounts.models import Membership
from portal.calendars.models import CalendarFeed, CalendarInvitation
from portal.calendars.rules import Scope
from portal.db import Model
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.corrections.models import Correction
from portal.interventions.drafts.models import LogDraft
from portal.interventions.models import AlsoServed, Intervention


def dates_of(intervention: Intervention, coordinator: Membership) -> list[Model]:
    """One in each table."""
    about = {"intervention_id": intervention.id}
    whose = {"person_id": coordinator.person_id, "organisation_id": coordinator.organisation_id}
    invited = {"address": "ana@exemple.test", "sequence": 0, "digest": "0" * 16}
    change = {"before": 210, "after": 180, "why": "Relu"}
    return [
        CalendarInvitation(**about, **whose, **invited),
        CalendarFeed(**whose, scope=Scope.MINE, token_hash="0" * 64),
        Confirmation(**about, pole_id=coordinator.organisation_id, state=ConfirmationState.WAITING),
        Adjustment(**about, state=AdjustmentState.MADE, **change),
        Correction(**about, assignment_id=intervention.assignment_id, changes={"minutes": [210, 180]}),
        LogDraft(
            **about,
            person_id=coordinator.person_id,
            assignment_id=intervention.assignment_id,
            typed={"report": ["Un début"]},
        ),
        AlsoServed(**about, pole_id=coordinator.organisation_id),
    ]
