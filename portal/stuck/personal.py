"""What a console holds of people: who put a request off, and what they noted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from portal.db import db, require_transaction
from portal.requests.models import SupportRequest
from portal.stuck.models import Snooze

_QUIET = {"synchronize_session": False}


def of_person(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """The requests they put off."""
    statement = (
        select(SupportRequest.reference.label("request"), Snooze.until, Snooze.note, Snooze.at)
        .join(SupportRequest, SupportRequest.id == Snooze.request_id)
        .where(Snooze.by_id == person_id)
        .order_by(Snooze.id)
    )
    return {"requests_put_off": [dict(row) for row in db.session.execute(statement).mappings()]}


def anonymise(request_ids: Sequence[int]) -> None:
    """The note goes with the words of the request."""
    require_transaction()
    gone = delete(Snooze).where(Snooze.request_id.in_(request_ids))
    db.session.execute(gone.execution_options(**_QUIET))
