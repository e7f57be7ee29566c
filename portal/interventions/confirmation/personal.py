"""What confirmations hold of people: shown to them, made anonymous with their request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, update

from portal.db import db, require_transaction
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.models import Intervention
from portal.interventions.personal import of_requests
from portal.requests.models import Assignment, SupportRequest

NO_WORDS = "–"
"""What stands for the reason of an adjustment once it is anonymised."""


_ABOUT = SupportRequest.reference.label("request"), Intervention.on


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """What they confirmed or contested, what they decided, what they adjusted."""
    rows = _confirmations(person_id)
    answered = ("request", "on", "state", "message", "minutes", "answered_at")
    settled = ("request", "on", "ruling", "settled_at")
    return {
        "interventions_answered": [
            {name: row[name] for name in answered} for row in rows if row["answered_by_id"] == person_id
        ],
        "interventions_settled": [
            {name: row[name] for name in settled} for row in rows if row["settled_by_id"] == person_id
        ],
        "interventions_adjusted": [
            {"request": reference, "on": on, **_of_theirs(adjustment, person_id)}
            for reference, on, adjustment in _adjustments(person_id)
        ],
    }


def _confirmations(person_id: int) -> list[dict[str, Any]]:
    statement = (
        select(
            *_ABOUT,
            Confirmation.state,
            Confirmation.message,
            Confirmation.minutes,
            Confirmation.answered_at,
            Confirmation.answered_by_id,
            Confirmation.ruling,
            Confirmation.settled_at,
            Confirmation.settled_by_id,
        )
        .join(Confirmation.intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(or_(Confirmation.answered_by_id == person_id, Confirmation.settled_by_id == person_id))
        .order_by(Confirmation.intervention_id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def _adjustments(person_id: int) -> list[tuple[Any, ...]]:
    statement = (
        select(*_ABOUT, Adjustment)
        .join(Adjustment.intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(or_(Adjustment.by_id == person_id, Adjustment.decided_by_id == person_id))
        .order_by(Adjustment.id)
    )
    return [(*row,) for row in db.session.execute(statement)]


def _of_theirs(adjustment: Adjustment, person_id: int) -> dict[str, Any]:
    """What they said of an adjustment, or answered to it."""
    own = {"why": adjustment.why, "at": adjustment.at} if adjustment.by_id == person_id else {}
    decided = {"answer": adjustment.answer, "decided_at": adjustment.decided_at}
    figures = {"state": adjustment.state, "before": adjustment.before, "after": adjustment.after}
    return {**figures, **own, **(decided if adjustment.decided_by_id == person_id else {})}


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank what was said of the interventions of these requests, and by whom; what became of them stays."""
    require_transaction()
    ids = of_requests(request_ids)
    spoken = {"message": None, "answered_by_id": None, "ruling": None, "settled_by_id": None}
    adjusted = {"why": NO_WORDS, "by_id": None, "answer": None, "decided_by_id": None}
    for statement in (
        update(Confirmation).where(Confirmation.intervention_id.in_(ids)).values(spoken),
        update(Adjustment).where(Adjustment.intervention_id.in_(ids)).values(adjusted),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
