"""Rows about a planned date: who was invited, the link to read dates by, a pole that it is for too."""

from portal.accounts.models import Membership
from portal.calendars.models import CalendarFeed, CalendarInvitation
from portal.calendars.rules import Scope
from portal.db import Model
from portal.interventions.models import AlsoServed, Intervention


def dates_of(intervention: Intervention, coordinator: Membership) -> list[Model]:
    """One in each table."""
    about = {"intervention_id": intervention.id}
    whose = {"person_id": coordinator.person_id, "organisation_id": coordinator.organisation_id}
    invited = {"address": "ana@exemple.test", "sequence": 0, "digest": "0" * 16}
    return [
        CalendarInvitation(**about, **whose, **invited),
        CalendarFeed(**whose, scope=Scope.MINE, token_hash="0" * 64),
        AlsoServed(**about, pole_id=coordinator.organisation_id),
    ]
