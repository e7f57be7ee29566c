"""Counting failed attempts, on the account and on the network address, for all web processes together."""

import hashlib
from datetime import datetime

from flask import request
from sqlalchemy import delete

from portal import clock
from portal.accounts import queries, rules
from portal.accounts.models import FailedAttempt
from portal.db import db


def _keys(email: str) -> list[str]:
    """What is counted; the typed address is hashed, since people type passwords there."""
    typed = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:40]
    return [f"account:{typed}", f"address:{request.remote_addr}"]


def blocked_until(email: str) -> datetime | None:
    """When this account may be tried again from here, or None: now."""
    now = clock.now()
    found = queries.attempts(_keys(email), since=now - rules.WINDOW)
    waits = [
        rules.wait_until([attempt.at for attempt in found if attempt.key == key]) for key in _keys(email)
    ]
    latest = max((wait for wait in waits if wait), default=None)
    return latest if latest and latest > now else None


def count_failure(email: str) -> None:
    """Remember a failure, in the caller's transaction."""
    db.session.add_all([FailedAttempt(key=key) for key in _keys(email)])


def forget_failures(email: str) -> None:
    """A good sign-in clears the account; the address keeps its count, or one good account would hide a guesser."""
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.key == _keys(email)[0]))
