"""E-mails of every fate."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox.service import message_id

KIND = "requests/accept_pole"
SECURITY = "safety/new_sign_in"


def write(**values: Any) -> int:
    """One e-mail; it waits unless its values say otherwise."""
    now = clock.now()
    row = {
        "kind": KIND,
        "recipient": "zoe@exemple.test",
        "recipient_name": "Zoé Martin",
        "language": "fr",
        "subject": "Lisez ceci",
        "text": "Bonjour Zoé",
        "html": "<p>Bonjour Zoé</p>",
        "message_id": message_id(),
        "created_at": now - timedelta(minutes=1),
        "next_attempt_at": now,
    }
    with transaction() as session:
        return int(
            session.execute(insert(OutboxEmail).values(row | values).returning(OutboxEmail.id)).scalar_one()
        )


def sent(**values: Any) -> int:
    return write(**{"next_attempt_at": None, "sent_at": clock.now(), **values})


def row(number: int) -> OutboxEmail:
    statement = select(OutboxEmail).where(OutboxEmail.id == number)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()
