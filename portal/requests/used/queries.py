"""How many requests a pole has sent in a year, a service was sent or a partner was asked for, as limits count them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from portal.catalogue.limits.rules import Year
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, RequestState

NOT_COUNTED = (RequestState.DRAFT, RequestState.WITHDRAWN, RequestState.DROPPED)
"""A request that its pole withdrew or its cell dropped gives its place back; one that a partner declined, or let
expire, is still looked after and counts."""


GIVEN = (*LIVE_ASSIGNMENTS, AssignmentState.COMPLETED)
"""What a partner does, or is asked to do."""


def requests_of(pole_id: Any, year: Year, without: Any) -> Any:
    """Those sent in it, before the one at hand, by number, where that was sent."""
    return _sent(SupportRequest.pole_id == pole_id, year, without)


def taken_of(service_id: Any, year: Year, without: Any) -> Any:
    """The places of a service that requests sent in it have taken."""
    return _sent(SupportRequest.service_id == service_id, year, without)


def taken_by(partner_id: Any, service_id: Any, year: Year) -> Any:
    """Those of them for which a partner was asked, but for what it will not do."""
    return (
        select(func.count())
        .select_from(Assignment)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(
            Assignment.partner_id == partner_id,
            Assignment.state.in_(GIVEN),
            SupportRequest.service_id == service_id,
            *_counted(year),
        )
        .scalar_subquery()
    )


def requests_given(limit: Any, year: Year) -> Any:
    """How many requests the partner of a limit was asked for in it, for its service or all, but for those that it will
    not do."""
    return (
        select(func.count())
        .select_from(Assignment)
        .join(SupportRequest, SupportRequest.id == Assignment.request_id)
        .where(
            Assignment.partner_id == limit.partner_id,
            Assignment.state.in_(GIVEN),
            Assignment.proposed_at >= year.start,
            Assignment.proposed_at < year.end,
            or_(limit.service_id.is_(None), SupportRequest.service_id == limit.service_id),
        )
        .scalar_subquery()
    )


def _sent(which: Any, year: Year, without: Any) -> Any:
    """What was sent after the request at hand takes nothing from it."""
    at_hand = aliased(SupportRequest)
    sent_at = (
        select(at_hand.submitted_at).where(at_hand.id == without).correlate_except(at_hand).scalar_subquery()
    )
    return (
        select(func.count())
        .select_from(SupportRequest)
        .where(
            which,
            SupportRequest.submitted_at < func.coalesce(sent_at, year.end),
            *_counted(year),
        )
        .scalar_subquery()
    )


def _counted(year: Year) -> Sequence[Any]:
    """Sent in it, and not given back."""
    return (
        SupportRequest.submitted_at >= year.start,
        SupportRequest.submitted_at < year.end,
        SupportRequest.state.not_in(NOT_COUNTED),
    )
