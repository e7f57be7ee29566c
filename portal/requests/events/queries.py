"""What people did: whether it still stands, and whether it was just done."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from portal import acts, clock
from portal.access.roles import Actor
from portal.db import db
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import UNDO
from portal.steps import Step


def just_did(
    actor: Actor, reference: str, step: Step[Any], assignment_id: int | None, details: Details
) -> bool:
    """Is it what the actor did last on a request, in the same words, while that can be undone, and nobody did anything
    since?"""
    statement = (
        select(RequestEvent)
        .join(RequestEvent.request)
        .where(SupportRequest.reference == reference)
        .order_by(RequestEvent.id.desc())
        .limit(1)
    )
    last = db.session.scalar(statement)
    own = (
        actor.person_id,
        actor.organisation_id,
        step.name,
        details.reason or None,
        details.message or None,
    )
    return (
        last is not None
        and last.at > clock.now() - acts.TIME
        and last.assignment_id == assignment_id
        and (last.actor_id, last.organisation_id, last.action, last.reason, last.message) == own
    )


def still_stands() -> ColumnElement[bool]:
    """Beside an event: it was not undone, nor undoes anything. What is derived from what people did reads these."""
    undoing = aliased(RequestEvent)
    return ~exists().where(undoing.act == RequestEvent.act, undoing.action == UNDO.name)
