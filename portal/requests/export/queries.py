"""What the file reads beside the rows of lists."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import load_only

from portal.db import db
from portal.requests.models import SupportRequest


def written(numbers: Sequence[int]) -> Mapping[int, SupportRequest]:
    """What poles wrote, by the number of the request; whoever asks may read these."""
    statement = (
        select(SupportRequest)
        .where(SupportRequest.id.in_(numbers))
        .options(
            load_only(
                SupportRequest.service_id,
                SupportRequest.need,
                SupportRequest.answers,
                SupportRequest.wished_from,
                SupportRequest.wished_until,
                SupportRequest.mode,
            )
        )
    )
    return {request.id: request for request in db.session.scalars(statement)}
