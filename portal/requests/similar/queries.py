"""The open requests of a pole that speak of the need of one that it writes."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.db import db
from portal.requests.models import SupportRequest
from portal.requests.similar.rules import resemble
from portal.requests.steps import OPEN_REQUESTS

MOST_COMPARED = 100
MOST_SHOWN = 3


def like(draft: SupportRequest) -> Sequence[int]:
    """Their numbers, the newest first: for the same service, or in near words."""
    statement = (
        select(SupportRequest.id, SupportRequest.service_id, SupportRequest.search_text)
        .where(
            SupportRequest.pole_id == draft.pole_id,
            SupportRequest.state.in_(sorted(OPEN_REQUESTS)),
            SupportRequest.id != draft.id,
        )
        .order_by(SupportRequest.id.desc())
        .limit(MOST_COMPARED)
    )
    numbers = [
        number
        for number, service_id, text in db.session.execute(statement)
        if (draft.service_id and service_id == draft.service_id) or resemble(text, draft.search_text)
    ]
    return numbers[:MOST_SHOWN]
