"""Which requests and assignments follow an organisation into another."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.db import db
from portal.organisations.merge import Move
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.workflow import LIVE_ASSIGNMENTS

_QUIET = {"synchronize_session": False}


def _forget_keys_used_in_both(from_id: int, to_id: int) -> None:
    """A form key used in both is forgotten in one."""
    moving = update(SupportRequest).where(SupportRequest.pole_id == from_id)
    taken = select(SupportRequest.once).where(
        SupportRequest.pole_id == to_id, SupportRequest.once.is_not(None)
    )
    keys = db.session.scalars(taken).all()
    db.session.execute(
        moving.where(SupportRequest.once.in_(keys)).values(once=None), execution_options=_QUIET
    )


def _asked_twice(from_id: int, to_id: int) -> Any:
    """A request that waits for both would wait twice for the same."""
    live = [Assignment.request_id.in_(_live(to_id)), Assignment.request_id.in_(_live(from_id))]
    statement = (
        select(SupportRequest.reference)
        .join(Assignment, Assignment.request_id == SupportRequest.id)
        .where(*live)
        .distinct()
        .order_by(SupportRequest.reference)
        .limit(5)
    )
    found = db.session.scalars(statement).all()
    if not found:
        return None
    return _(
        "Both are asked for the same request (%(references)s): take one of the two back first.",
        references=", ".join(found),
    )


def _live(partner_id: int) -> Any:
    return select(Assignment.request_id).where(
        Assignment.partner_id == partner_id, Assignment.state.in_(LIVE_ASSIGNMENTS)
    )


MOVES = (
    Move(_l("Requests"), SupportRequest.pole_id, prepare=_forget_keys_used_in_both),
    Move(_l("Requests received"), Assignment.partner_id, obstacle=_asked_twice),
    Move(_l("Steps of requests"), RequestEvent.organisation_id),
)
