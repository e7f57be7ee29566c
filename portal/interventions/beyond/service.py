"""What is logged beyond a limit of the year is flagged, by what limits themselves count."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.catalogue.limits import queries as limits
from portal.catalogue.limits.rules import Measure
from portal.catalogue.rules import Beside
from portal.db import db, one_at_a_time
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.requests.models import Assignment


@contextmanager
def weighed(intervention: Intervention, assignment: Assignment) -> Iterator[None]:
    """Flag it anew where the block changes what limits count of it."""
    before = counted(intervention)
    yield
    if before != counted(intervention):
        flag(intervention, assignment)


def counted(intervention: Intervention) -> tuple[Any, ...]:
    """What limits count it by."""
    shares = (
        (each.assignment_id, each.practitioners, *(getattr(each, name) for name in Beside))
        for each in intervention.contributions
    )
    poles = sorted(served.pole_id for served in intervention.also_served)
    return intervention.state, intervention.on, intervention.minutes, poles, sorted(shares)


def flag(intervention: Intervention, assignment: Assignment) -> None:
    """Say of one, as it is now written, whether it goes beyond a limit of its year; under the lock of its request."""
    intervention.beyond_pole = intervention.beyond_partner = False
    if intervention.state is not InterventionState.DONE:
        return
    db.session.flush()  # it counts itself
    request = assignment.request
    poles = {request.pole_id, *(served.pole_id for served in intervention.also_served)}
    giving = {share.assignment_id for share in intervention.contributions}
    partners = {each.partner_id for each in request.assignments if each.id in giving}
    if not limits.any_limit(Measure.DAYS, partners):
        return
    one_at_a_time(*(f"days of {number}" for number in poles | partners))
    on, service_id = intervention.on, request.service_id
    intervention.beyond_pole = limits.poles_beyond(poles, Measure.DAYS, on)
    intervention.beyond_partner = limits.partners_beyond(partners, service_id, Measure.DAYS, on)
