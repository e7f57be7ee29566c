"""How much support a pole has had in a year, as its limit counts it."""

from typing import Any

from sqlalchemy import func, select

from portal.catalogue.limits.rules import Year
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment, SupportRequest


def minutes_of(pole_id: Any, year: Year, _without: Any) -> Any:
    """The minutes of what was done in it, whatever became of the request; what is only planned does not count."""
    return (
        select(func.coalesce(func.sum(Intervention.minutes), 0))
        .select_from(Intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(
            SupportRequest.pole_id == pole_id,
            Intervention.state == InterventionState.DONE,
            Intervention.on >= year.first,
            Intervention.on < year.after,
        )
        .scalar_subquery()
    )
