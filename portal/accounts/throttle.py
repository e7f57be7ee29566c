"""Counting attempts, on the account and on the network address, in the database: all web processes count together."""

import hashlib
from collections.abc import Mapping, Sequence

from flask import request
from sqlalchemy import ColumnElement, delete

from portal import clock
from portal.accounts import queries, rules
from portal.accounts.models import FailedAttempt
from portal.accounts.rules import Limit
from portal.db import db, require_transaction
from portal.web.addresses import network

Attempt = Sequence[FailedAttempt]


def begin_sign_in(email: str, purpose: str = "sign-in") -> Attempt | None:
    """Count an attempt before its outcome is known, so that parallel guesses cannot outrun the count.

    None: too early, and not counted. `purpose`: what is guessed, a password or a code, each counted apart.
    """
    return _begin({_account(purpose, email): rules.ACCOUNT, _address(purpose): rules.ADDRESS})


def may_send_link(email: str, purpose: str = "link") -> bool:
    """Count a link asked for; False: this account or this network address has had enough of them.

    `purpose`: to reset a password, or another one, which is counted apart.
    """
    return (
        _begin({_account(purpose, email): rules.LINKS_OF_ACCOUNT, _address(purpose): rules.LINKS_OF_ADDRESS})
        is not None
    )


def may_ask_for_address(person_id: int) -> bool:
    """Count another address asked for by a person; False: enough for an hour."""
    return _begin({f"address:{person_id}": rules.LINKS_OF_ACCOUNT}) is not None


def may_send_invitation(invitation_id: int) -> bool:
    """Count a link sent again; False: enough for today."""
    return _begin({f"invitation:{invitation_id}": rules.INVITATION_SENDS}) is not None


def may_ask_for_invitation(invitation_id: int) -> bool:
    """Count a new link asked for by a guest; False: the inviter was told today."""
    return _begin({f"guest:{invitation_id}": rules.ASKED_AGAIN}) is not None


def may_add_document(application_id: int) -> bool:
    """Count a document added to an application; False: enough for today, removed ones included."""
    return _begin({f"document:{application_id}": rules.DOCUMENTS_ADDED}) is not None


def withdraw(attempt: Attempt) -> None:
    """It was no failure."""
    require_transaction()
    _delete(FailedAttempt.id.in_([row.id for row in attempt]))


def forget_failures(email: str, purpose: str = "sign-in") -> None:
    """Clear the account. The network address keeps its count, or one good account would hide a guesser."""
    require_transaction()
    _delete(FailedAttempt.key == _account(purpose, email))


def is_old() -> ColumnElement[bool]:
    """Attempts that no longer count."""
    return FailedAttempt.at < clock.now() - rules.LONGEST_WINDOW


def keys_of(email: str) -> list[str]:
    """What is counted for an account: its address, hashed."""
    return [_account(purpose, email) for purpose in ("sign-in", "link")]


def _account(purpose: str, email: str) -> str:
    """What is counted for an account; hashed, since people type passwords into the wrong field."""
    return f"{purpose}:{hashlib.sha256(rules.canonical_email(email).encode()).hexdigest()[:40]}"


def _address(purpose: str) -> str:
    return f"{purpose}:{network(request.remote_addr)}"


def _begin(limits: Mapping[str, Limit]) -> Attempt | None:
    require_transaction()
    now = clock.now()
    found = queries.attempts(limits.keys(), since=now - max(limit.window for limit in limits.values()))
    for key, limit in limits.items():
        if rules.wait_until([attempt.at for attempt in found if attempt.key == key], limit, now):
            return None
    rows = [FailedAttempt(key=key, at=now) for key in limits]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _delete(condition: ColumnElement[bool]) -> None:
    db.session.execute(delete(FailedAttempt).where(condition).execution_options(synchronize_session=False))
