"""What drafts hold of people: shown to them, gone with their account and with the request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from portal.db import db, require_transaction
from portal.interventions.drafts.models import LogDraft
from portal.requests.models import Assignment, SupportRequest

_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """What they typed and have not sent."""
    statement = (
        select(SupportRequest.reference.label("request"), LogDraft.typed, LogDraft.written_at)
        .select_from(LogDraft)
        .join(Assignment, Assignment.id == LogDraft.assignment_id)
        .join(Assignment.request)
        .where(LogDraft.person_id == person_id)
        .order_by(LogDraft.id)
    )
    return {"drafts_of_logs": [dict(row) for row in db.session.execute(statement).mappings()]}


def forget(person_id: int) -> None:
    """What was not sent goes with their account."""
    require_transaction()
    gone = delete(LogDraft).where(LogDraft.person_id == person_id)
    db.session.execute(gone.execution_options(**_QUIET))


def anonymise(request_ids: Sequence[int]) -> None:
    """What was not sent of these requests goes."""
    require_transaction()
    of_them = select(Assignment.id).where(Assignment.request_id.in_(request_ids)).scalar_subquery()
    gone = delete(LogDraft).where(LogDraft.assignment_id.in_(of_them))
    db.session.execute(gone.execution_options(**_QUIET))
