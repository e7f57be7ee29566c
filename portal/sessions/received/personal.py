"""What people said for their pole or decided for their cell of what sessions count: shown to them, forgotten with the
session."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from portal.db import db, require_transaction
from portal.interventions.confirmation.models import Confirmation
from portal.sessions.received import queries


def of_person(person_id: int) -> dict[str, Sequence[dict[str, Any]]]:
    """What they confirmed or contested, and what they decided."""
    return {
        "sessions_answered": queries.answered_by(person_id),
        "sessions_settled": queries.settled_by(person_id),
    }


def anonymise(intervention_ids: Sequence[int]) -> None:
    """Blank what was said of these acts, and by whom; what became of them stays."""
    require_transaction()
    spoken = {"message": None, "answered_by_id": None, "ruling": None, "settled_by_id": None}
    blanked = update(Confirmation).where(Confirmation.intervention_id.in_(intervention_ids)).values(spoken)
    db.session.execute(blanked.execution_options(synchronize_session=False))
