"""What sessions that were held keep of people: shown to them, forgotten with time; how many came stays."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from portal.db import db, require_transaction
from portal.interventions.gathered import queries as acts
from portal.interventions.gathered import service as gathered
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import queries
from portal.sessions.presence.models import Attendance, HeldSession
from portal.sessions.received import personal as answers


def of_person(person_id: int) -> dict[str, Sequence[dict[str, Any]]]:
    """The sessions that they gave, those that they closed, what they corrected of them, and what they said of them for
    their pole or their cell."""
    return {
        "sessions_given": acts.of_person(person_id),
        "sessions_closed": queries.closed_by(person_id),
        "sessions_corrected": queries.corrected_by(person_id),
        **answers.of_person(person_id),
    }


def is_old(before: date) -> ColumnElement[bool]:
    """Of a session that was held before a day: it still says who gave it and who came."""
    then = select(CollectiveSession.id).where(CollectiveSession.on < before)
    return and_(HeldSession.session_id.in_(then), HeldSession.given_by != "")


def anonymise(numbers: Sequence[int], before: date) -> int:
    """Forget them, each once, whatever two workers do."""
    require_transaction()
    still = select(HeldSession).where(HeldSession.id.in_(numbers), is_old(before)).order_by(HeldSession.id)
    ours = db.session.scalars(still.with_for_update(skip_locked=True)).all()
    for held in ours:
        held.given_by, held.closed_by_id = "", None
    sessions = [held.session_id for held in ours]
    blanked = update(Attendance).where(Attendance.session_id.in_(sessions)).values(name="")
    db.session.execute(blanked.execution_options(synchronize_session=False))
    answers.anonymise([held.intervention_id for held in ours])
    gathered.forget([held.intervention_id for held in ours])
    return len(ours)
