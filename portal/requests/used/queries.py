"""How many requests a pole has sent in a year, or a service was sent, as their limits count them."""

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
    return _sent(SupportRequest.pole_id == pole_id, year, without)


def taken_of(service_id: Any, year: Year, without: Any) -> Any:
    """The places of a service that requests sent in it have taken."""
    return _sent(SupportRequest.service_id == service_id, year, without)


def _sent(which: Any, year: Year, without: Any) -> Any:
    return (
        select(func.count())
        .select_from(SupportRequest)
        .where(
            which,
            SupportRequest.submitted_at >= year.start,
            SupportRequest.submitted_at < year.end,
            SupportRequest.state.not_in(NOT_COUNTED),
            SupportRequest.id != without,
        )
        .scalar_subquery()
    )
