"""What was typed and not sent: its author's, until it has waited for too long."""

from sqlalchemy import ColumnElement, and_, select

from portal import clock
from portal.access.roles import Actor
from portal.db import db, when_run
from portal.interventions.drafts.models import LogDraft
from portal.requests.rules import DRAFT_KEPT


def of(actor: Actor, assignment_id: int, intervention_id: int | None) -> LogDraft | None:
    """What somebody began to write of a planned intervention, or of a new one; never shown to who looks as them."""
    if actor.viewed_by:
        return None
    statement = select(LogDraft).where(is_of(actor, assignment_id, intervention_id), ~is_old())
    return db.session.scalars(statement.limit(1)).first()


def is_of(actor: Actor, assignment_id: int, intervention_id: int | None) -> ColumnElement[bool]:
    """Theirs, of this one."""
    return and_(
        LogDraft.person_id == actor.person_id,
        LogDraft.assignment_id == assignment_id,
        LogDraft.intervention_id.is_not_distinct_from(intervention_id),
    )


def is_old() -> ColumnElement[bool]:
    """Nobody came back to it for as long as drafts of requests are kept."""
    return LogDraft.written_at < when_run(lambda: clock.days_ago(DRAFT_KEPT))
