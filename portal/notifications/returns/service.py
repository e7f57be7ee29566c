"""What becomes of addresses that take no e-mail: each failure is noted once; after some, the portal writes no more."""

from typing import Any

from flask import current_app
from sqlalchemy import update

from portal import clock
from portal.db import db, inserting, require_transaction
from portal.notifications import rules
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.returns import queries
from portal.notifications.returns.rules import why_returned
from portal.notifications.rules import Trouble, trouble

_ERROR_LENGTH = 500
_NOT_TRIED = frozenset({Trouble.NOT_AN_ADDRESS, Trouble.NOT_WRITTEN, Trouble.PAUSED, Trouble.NO_ANSWER})


def return_path(email_id: int) -> str:
    """Where an e-mail comes back to: an address that only we can write, or the sender's where none takes mail."""
    config = current_app.config
    if not config["MAIL_INBOX"]:
        return str(config["MAIL_SENDER"])
    return addresses.written(config["MAIL_INBOX"], config["SECRET_KEY"], Use.RETURN, email_id)


def note(address: str, message_id: str, error: str) -> None:
    """An address did not take an e-mail; again for the same one, nothing. What was never tried is no failure."""
    require_transaction()
    meant = trouble(error)
    if meant in _NOT_TRIED:
        return
    row = {
        "address": address,
        "message_id": message_id,
        "error": error[:_ERROR_LENGTH],
        "counts": meant is Trouble.UNKNOWN_ADDRESS,
        "at": clock.now(),
    }
    statement = inserting(MailFailure).values(row)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["message_id"]))


def came_back(email_id: int, raw: bytes) -> bool:
    """Something came to the return path of an e-mail; True: it says that it was not delivered, which is noted."""
    require_transaction()
    error, email = why_returned(raw), queries.sent(email_id)
    if error is None or email is None:
        return False
    address, message_id = email
    note(address, message_id, error)
    return True


def let_again(address: str) -> bool:
    """Write to an address again, and send what was held back lately; False: it was not failing."""
    require_transaction()
    now = clock.now()
    forgiven: Any = db.session.execute(
        update(MailFailure)
        .where(MailFailure.address == address, MailFailure.forgiven_at.is_(None))
        .values(forgiven_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(OutboxEmail)
        .where(
            OutboxEmail.recipient == address,
            OutboxEmail.last_error.startswith(rules.PAUSED),
            OutboxEmail.given_up_at > clock.days_ago(rules.TRIED_FOR),
            OutboxEmail.text != "",
        )
        .values(given_up_at=None, attempts=0, next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(forgiven.rowcount) > 0
