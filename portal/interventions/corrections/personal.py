"""What corrections hold of people: shown to them, made anonymous with their request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from portal.db import db, require_transaction
from portal.interventions.corrections.models import Correction
from portal.interventions.models import Intervention
from portal.interventions.personal import of_requests
from portal.requests.models import Assignment, SupportRequest


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """What they corrected."""
    statement = (
        select(SupportRequest.reference.label("request"), Intervention.on, Correction.at, Correction.changes)
        .select_from(Correction)
        .join(Intervention, Intervention.id == Correction.intervention_id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(Correction.by_id == person_id)
        .order_by(Correction.id)
    )
    return {"interventions_corrected": [dict(row) for row in db.session.execute(statement).mappings()]}


def anonymise(request_ids: Sequence[int]) -> None:
    """What was corrected of the interventions of these requests, and by whom, goes; that and when it was stays."""
    forget(of_requests(request_ids))


def forget(intervention_ids: Any) -> None:
    """The same of interventions, by number or as a statement has them."""
    require_transaction()
    ours = Correction.intervention_id.in_(intervention_ids)
    statement = update(Correction).where(ours).values(changes={}, by_id=None)
    db.session.execute(statement.execution_options(synchronize_session=False))
