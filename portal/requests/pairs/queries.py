"""Partners who support a pole together, in statements about assignments."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from portal.requests.models import Assignment
from portal.requests.steps import LIVE_ASSIGNMENTS


def is_led() -> ColumnElement[bool]:
    """Does another partner, still at work, lead it?"""
    lead = aliased(Assignment)
    return select(lead.id).where(lead.id == Assignment.lead_id, lead.state.in_(LIVE_ASSIGNMENTS)).exists()


def is_of_it(number: Any) -> ColumnElement[bool]:
    """Is this the number of an assignment, or of one that it leads?"""
    led = aliased(Assignment)
    of_it = led.request_id == Assignment.request_id, led.lead_id == Assignment.id
    return or_(number == Assignment.id, number.in_(select(led.id).where(*of_it).correlate(Assignment)))


def is_or_leads(part: type[Assignment]) -> ColumnElement[bool]:
    """Is an assignment this part, or its lead? For a statement that joins the parts: it is found by its request."""
    return and_(
        part.request_id == Assignment.request_id, or_(part.id == Assignment.id, part.lead_id == Assignment.id)
    )
