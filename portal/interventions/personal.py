"""What interventions hold of people: shown to them, gone with their account or made anonymous with
their request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, select, update

from portal.db import db, require_transaction
from portal.documents import service as documents
from portal.interventions.drafts import personal as drafts
from portal.interventions.models import Intervention, Practice
from portal.interventions.queries import LOGGED
from portal.requests.models import Assignment, SupportRequest

NO_REPORT = "–"
"""What stands in a report once it is anonymised: one that is done always has a report."""
_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The interventions they took part in for a partner."""
    keyed_column_elements = [
        column
        for column in Intervention.__table__.columns
        if column.name not in {"id", "once", "assignment_id", "uid", "sequence"}
    ]
    statement = (
        select(SupportRequest.reference.label("request"), *keyed_column_elements)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .join(Intervention.practices)
        .where(Practice.person_id == person_id)
        .order_by(Intervention.on, Intervention.id)
    )
    return {"interventions": [dict(row) for row in db.session.execute(statement).mappings()]}


def forget(person_id: int) -> None:
    """What they did not send."""
    drafts.forget(person_id)


def of_requests(request_ids: Sequence[int]) -> Any:
    """The interventions of some requests, by number, as a subquery."""
    return (
        select(Intervention.id)
        .join(Intervention.assignment)
        .where(Assignment.request_id.in_(request_ids))
        .scalar_subquery()
    )


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank the places, reports, documents and names of the interventions of these requests; their figures stay."""
    require_transaction()
    ids = of_requests(request_ids)
    documents.forget_of(
        LOGGED, db.session.scalars(select(Intervention.id).where(Intervention.id.in_(ids))).all()
    )
    report = case((Intervention.report == "", ""), else_=NO_REPORT)
    names = {"participant_names": None, "participating_organisations": None}
    values = {"place": None, **names, "report": report, "next_step": None}
    db.session.execute(
        update(Intervention).where(Intervention.id.in_(ids)).values(values).execution_options(**_QUIET)
    )
    db.session.execute(delete(Practice).where(Practice.intervention_id.in_(ids)).execution_options(**_QUIET))
