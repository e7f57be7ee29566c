"""How much support a pole has had in a year, or a partner has given, as limits count it."""

from typing import Any

from sqlalchemy import func, or_, select

from portal.catalogue.limits.rules import Year
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment, SupportRequest


def minutes_of(pole_id: Any, year: Year, _without: Any) -> Any:
    """The minutes of what was done in it, whatever became of the request; what is only planned does not count."""
    return _done(year, SupportRequest.pole_id == pole_id)


def minutes_given(limit: Any, year: Year) -> Any:
    """The same of what the partner of a limit did, for its service or all."""
    of_it = or_(limit.service_id.is_(None), SupportRequest.service_id == limit.service_id)
    return _done(year, Assignment.partner_id == limit.partner_id, of_it)


def _done(year: Year, *which: Any) -> Any:
    return (
        select(func.coalesce(func.sum(Intervention.minutes), 0))
        .select_from(Intervention)
        .join(Assignment, Assignment.id == Intervention.assignment_id)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(
            *which,
            Intervention.state == InterventionState.DONE,
            Intervention.on >= year.first,
            Intervention.on < year.after,
        )
        .scalar_subquery()
    )
