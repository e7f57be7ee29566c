"""What was written and asked for a service."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from portal.access.roles import Actor
from portal.db import db
from portal.requests.models import SupportRequest
from portal.requests.queries import is_visible_to
from portal.requests.steps import OPEN_REQUESTS, RequestState


@dataclass(frozen=True, slots=True)
class Counts:
    """Of all poles."""

    drafts: int
    open: int


def counts(service_id: int) -> Counts:
    """How many drafts and open requests stand on a service."""
    drafts = func.count().filter(SupportRequest.state == RequestState.DRAFT)
    still_open = func.count().filter(SupportRequest.state.in_(OPEN_REQUESTS))
    row = db.session.execute(select(drafts, still_open).where(SupportRequest.service_id == service_id)).one()
    return Counts(*row)


def open_ones(actor: Actor, service_id: int, most: int) -> Sequence[SupportRequest]:
    """The first open requests for a service that somebody may read."""
    statement = (
        select(SupportRequest)
        .where(
            SupportRequest.service_id == service_id,
            SupportRequest.state.in_(OPEN_REQUESTS),
            is_visible_to(actor),
        )
        .options(load_only(SupportRequest.reference, raiseload=True))
    )
    return db.session.scalars(statement.order_by(SupportRequest.id).limit(most)).all()
