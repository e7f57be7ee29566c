"""Rows about a date that is over: the word of the pole, an adjustment, whom else it was for."""

from portal.accounts.models import Membership
from portal.db import Model
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.models import AlsoServed, Intervention


def dates_of(intervention: Intervention, coordinator: Membership) -> list[Model]:
    """One in each table."""
    about = {"intervention_id": intervention.id}
    change = {"before": 210, "after": 180, "why": "Relu"}
    return [
        Confirmation(**about, state=ConfirmationState.WAITING),
        Adjustment(**about, state=AdjustmentState.MADE, **change),
        AlsoServed(**about, pole_id=coordinator.organisation_id),
    ]
