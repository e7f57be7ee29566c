"""E-mails that a clock which ran ahead holds back: set right again, it would let them wait for as long as it was wrong.

Such are those written in the future, held by a worker for longer than any holds one, or to be tried again later than
any is. They leave soon.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from portal import clock
from portal.db import db, require_transaction
from portal.notifications import rules
from portal.notifications.claims.service import LEASE
from portal.notifications.models import OutboxEmail

_APART = LEASE
"""How far the clocks of two machines may be from each other."""
_LATEST_TRY = rules.LONGEST_DELAY * rules.LONGEST_SHARE + timedelta(days=1)
"""A retry, put off by quiet hours."""


def held_back(after: int, most: int) -> Sequence[int]:
    """By number, after one."""
    statement = select(OutboxEmail.id).where(OutboxEmail.id > after, _is_held_back(clock.now()))
    return db.session.scalars(statement.order_by(OutboxEmail.id).limit(most)).all()


def set_right(ids: Sequence[int]) -> int:
    """These leave as if they had been written just now; how many there were."""
    require_transaction()
    now, email = clock.now(), OutboxEmail
    values = {
        "created_at": case((email.created_at > now, now), else_=email.created_at),
        "next_attempt_at": case((email.next_attempt_at.is_not(None), now)),
        "digest_at": case((email.digest_at.is_not(None), now)),
        "leased_until": case((~_is_leased_too_long(now), email.leased_until)),
    }
    statement = update(email).where(email.id.in_(ids), _is_held_back(now)).values(values)
    done: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)


def _is_held_back(now: datetime) -> ColumnElement[bool]:
    email = OutboxEmail
    waits = or_(email.next_attempt_at.is_not(None), email.digest_at.is_not(None))
    late_try = and_(email.attempts > 0, email.next_attempt_at > now + _LATEST_TRY)
    return and_(waits, or_(email.created_at > now + _APART, _is_leased_too_long(now), late_try))


def _is_leased_too_long(now: datetime) -> ColumnElement[bool]:
    return and_(OutboxEmail.leased_until.is_not(None), OutboxEmail.leased_until > now + LEASE + _APART)
