"""How much support a pole has had in a year, or a partner has given, as limits count it."""

from typing import Any

from sqlalchemy import or_

from portal.catalogue.limits.rules import Year
from portal.interventions.gathered import queries as gathered
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures.queries import received_by, spent_in
from portal.requests.models import Assignment, SupportRequest


def minutes_of(pole_id: Any, year: Year, _without: Any) -> Any:
    """The support received in it, whatever became of the request; what is only planned does not count."""
    return received_by(pole_id, year.first, year.after)


def minutes_given(limit: Any, year: Year) -> Any:
    """The time that the partner of a limit spent in it, for its service or all."""
    of_it = or_(limit.service_id.is_(None), SupportRequest.service_id == limit.service_id)
    asked = spent_in(year.first, year.after, Assignment.partner_id == limit.partner_id, of_it)
    gathering = or_(limit.service_id.is_(None), Gathering.service_id == limit.service_id)
    return asked + gathered.spent_in(year.first, year.after, limit.partner_id, gathering)
