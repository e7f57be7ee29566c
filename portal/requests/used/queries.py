"""How many requests a pole has sent in a year, as its limit counts them."""

from typing import Any

from sqlalchemy import func, select

from portal.catalogue.limits.rules import Year
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState

NOT_COUNTED = (RequestState.DRAFT, RequestState.WITHDRAWN, RequestState.DROPPED)
"""A request that its pole withdrew or its cell dropped gives its place back; one that a partner declined, or let
expire, is still looked after and counts."""


def requests_of(pole_id: Any, year: Year, without: Any) -> Any:
    """Those sent in it, but for one that is at hand, by number."""
    return (
        select(func.count())
        .select_from(SupportRequest)
        .where(
            SupportRequest.pole_id == pole_id,
            SupportRequest.submitted_at >= year.start,
            SupportRequest.submitted_at < year.end,
            SupportRequest.state.not_in(NOT_COUNTED),
            SupportRequest.id != without,
        )
        .scalar_subquery()
    )
