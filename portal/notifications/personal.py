"""What the outbox holds of a person: the e-mails written to them."""

from typing import Any

from sqlalchemy import case, select

from portal.db import db
from portal.notifications.models import OutboxEmail


def of_person(email: str) -> dict[str, list[dict[str, Any]]]:
    """The e-mails to an address that are still kept; of those that hold a secret link, all but the link."""
    secret = case((OutboxEmail.confidential, ""), else_=OutboxEmail.text)
    statement = (
        select(
            OutboxEmail.kind,
            OutboxEmail.recipient,
            OutboxEmail.recipient_name,
            OutboxEmail.subject,
            secret.label("text"),
            OutboxEmail.created_at,
            OutboxEmail.sent_at,
            OutboxEmail.given_up_at,
            OutboxEmail.last_error,
        )
        .where(OutboxEmail.recipient == email)
        .order_by(OutboxEmail.id)
    )
    return {"emails_to_them": [dict(row) for row in db.session.execute(statement).mappings()]}
