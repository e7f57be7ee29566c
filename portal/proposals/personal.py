"""What proposed dates hold of people: shown to them, made anonymous with their request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.requests.models import Assignment, SupportRequest

_QUIET = {"synchronize_session": False}


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The dates at which they were to come, picked or not."""
    statement = (
        select(
            SupportRequest.reference.label("request"),
            DateProposal.state,
            ProposedDate.on,
            ProposedDate.starts_at,
            DateProposal.minutes,
            DateProposal.place_kind,
            DateProposal.place,
            DateProposal.created_at,
        )
        .join(DateProposal.assignment)
        .join(Assignment.request)
        .join(DateProposal.dates)
        .join(DateProposal.practices)
        .where(ProposedPractice.person_id == person.id)
        .order_by(DateProposal.id, ProposedDate.number)
    )
    return {"dates_proposed": [dict(row) for row in db.session.execute(statement).mappings()]}


def anonymise(request_ids: Sequence[int]) -> None:
    """Blank where these would have taken place and who would have come; their dates stay."""
    require_transaction()
    ids = (
        select(DateProposal.id)
        .join(DateProposal.assignment)
        .where(Assignment.request_id.in_(request_ids))
        .scalar_subquery()
    )
    places = update(DateProposal).where(DateProposal.id.in_(ids)).values(place=None)
    names = delete(ProposedPractice).where(ProposedPractice.proposal_id.in_(ids))
    for statement in (places, names):
        db.session.execute(statement.execution_options(**_QUIET))
