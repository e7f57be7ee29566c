"""What calendars hold of people: shown to them, made anonymous with the request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.calendars import queries, service
from portal.calendars.feeds import queries as kept
from portal.calendars.feeds import service as feeds
from portal.calendars.models import CalendarInvitation
from portal.db import db, require_transaction
from portal.interventions.models import Intervention
from portal.requests.models import Assignment


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The dates that their calendar was told of, and what it answered."""
    return {
        "invitations_of_calendars": [
            {
                "address": sent.address,
                "on": sent.on,
                "ended_at": sent.ended_at,
                "answer": sent.answer,
                "answered_at": sent.answered_at,
            }
            for sent in queries.theirs(person.id, person.email)
        ],
        "links_of_calendars": [
            {"scope": feed.scope, "created_at": feed.created_at, "read_at": feed.read_at}
            for feed in kept.of_person(person.id)
        ],
    }


def forget(person: Person) -> None:
    """Their calendar lets go of what is to come, and their links no longer work."""
    feeds.cut_all(person.id)
    service.forget(person.id)


def anonymise(request_ids: Sequence[int]) -> None:
    """Forget who was invited to what was planned on these requests."""
    require_transaction()
    ids = select(Intervention.id).join(Intervention.assignment).where(Assignment.request_id.in_(request_ids))
    gone = delete(CalendarInvitation).where(CalendarInvitation.intervention_id.in_(ids))
    db.session.execute(gone.execution_options(synchronize_session=False))
