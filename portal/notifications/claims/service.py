"""What workers take of the outbox: a few e-mails for a while (a lease), each finished at once.

A crash repeats at most one, under the same Message-ID. Failures are tried again later and later, then given up and
shown to the national cell.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update

from portal import clock
from portal.db import db, require_transaction, transaction, write_alone
from portal.notifications import rules
from portal.notifications.models import OutboxEmail
from portal.notifications.returns import service as returns

LEASE = timedelta(minutes=5)
BATCH = 50
_ERROR_LENGTH = 500


class Claimed(NamedTuple):
    """An e-mail in a worker's hands."""

    id: int
    kind: str
    recipient: str
    recipient_name: str
    reply_to: str | None
    reply_to_name: str | None
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    thread: str | None
    answers: str | None
    confidential: bool
    created_at: datetime
    attempts: int
    leased_until: datetime
    person_id: int | None = None
    organisation_id: int | None = None
    calendar: str = ""


# Built once, and without objects to keep track of: this is what a worker does most.
_TABLE: Any = OutboxEmail.__table__
_DUE = (
    select(_TABLE.c.id)
    .where(
        _TABLE.c.next_attempt_at <= bindparam("now"),
        or_(_TABLE.c.leased_until.is_(None), _TABLE.c.leased_until < bindparam("now")),
    )
    .order_by(_TABLE.c.next_attempt_at, _TABLE.c.id)
    .limit(bindparam("most"))
)
_DUE_AND_FREE = _DUE.with_for_update(skip_locked=True)
_TAKE = (
    update(_TABLE)
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until"))
    .returning(*(_TABLE.c[name] for name in Claimed._fields))
)
_MARK_SENT = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row_id"))
    .values(
        sent_at=bindparam("sent_at"),
        next_attempt_at=None,
        given_up_at=None,
        leased_until=None,
        last_error=None,
    )
)
_MARK_SECRET_SENT = _MARK_SENT.values(text="", html="")


def something_is_due() -> bool:
    """Is there anything to claim? A plain read, which takes no lock."""
    return db.session.scalar(_DUE, {"now": clock.now(), "most": 1}) is not None


def claim(limit: int = BATCH) -> Sequence[Claimed]:
    """Take some due e-mails for the length of a lease, oldest first; no other worker takes them meanwhile."""
    now = clock.now()
    with transaction() as session:
        connection = session.connection()
        ids = connection.scalars(_DUE_AND_FREE, {"now": now, "most": limit}).all()
        if not ids:
            return []
        rows = connection.execute(_TAKE, {"ids": ids, "until": now + LEASE}).all()
    return sorted((Claimed(*row) for row in rows), key=lambda claimed: (claimed.created_at, claimed.id))


def sent(row: Claimed, at: datetime) -> None:
    """It is gone: never again, and a secret is forgotten."""
    statement = _MARK_SECRET_SENT if row.confidential else _MARK_SENT
    write_alone(statement, {"row_id": row.id, "sent_at": at})


def not_taken(row: Claimed, error: str, *, final: bool) -> None:
    """Later, or never again: after the last attempt, or when the mail server refuses for good."""
    attempts = row.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "leased_until": None, "last_error": error[:_ERROR_LENGTH]}
    if final or attempts >= rules.MOST_ATTEMPTS:
        when = {"next_attempt_at": None, "given_up_at": clock.now()}
    else:
        when = {"next_attempt_at": next_attempt(clock.now(), attempts), "given_up_at": None}
    with transaction():
        _finish([row], {**values, **when})
        if when["given_up_at"]:
            returns.note(row.recipient, row.message_id, error)


def release(rows: Sequence[Claimed]) -> None:
    """Give claimed e-mails back, untried."""
    if rows:
        with transaction():
            _finish(rows, {"leased_until": None})


def put_off(row: Claimed, until: datetime) -> None:
    """Give one back for a while, untried."""
    with transaction():
        _finish([row], {"leased_until": None, "next_attempt_at": until})


def hold(row: Claimed) -> None:
    """Give one back that does not leave before the national cell lets it."""
    with transaction():
        _finish([row], {"leased_until": None, "next_attempt_at": None, "held_at": clock.now()})


def next_attempt(now: datetime, attempts: int) -> datetime:
    """When to try again after so many attempts: twice as long each time, give or take a quarter."""
    return now + rules.usual_delay(attempts) * rules.share()


def _finish(rows: Sequence[Claimed], values: dict[str, Any]) -> None:
    """Write the end of claimed e-mails, unless the lease ran out and somebody else took them."""
    require_transaction()
    ours = OutboxEmail.id.in_([row.id for row in rows]), OutboxEmail.leased_until == rows[0].leased_until
    db.session.execute(
        update(OutboxEmail).where(*ours).values(values).execution_options(synchronize_session=False)
    )
