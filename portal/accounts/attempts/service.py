"""Counting attempts in the database, on the account and on the network: all web processes count together, exactly.

A browser in which a person has signed in within the year has a count of its own for that person: a stranger who guesses
holds the account everywhere else, and not there. An office behind one network address reaches the limit of its network
only where somebody really tries many.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy import ColumnElement, delete, insert

from portal import clock
from portal.accounts import queries, rules
from portal.accounts.models import FailedAttempt
from portal.accounts.rules import Held, Limit
from portal.db import db, one_at_a_time, require_transaction
from portal.feature import features
from portal.web.addresses import network

SIGN_IN = "sign-in"
CODE = "code"
_SHARES_A_LOCK = len("written to:") + 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, or `held`: it comes too early, and was not. `key`: what success clears."""

    key: str
    rows: Sequence[FailedAttempt] = ()
    held: Held | None = None


def begin_sign_in(email: str, purpose: str = SIGN_IN) -> Attempt:
    """Count an attempt before its outcome is known, so that parallel guesses cannot outrun the count.

    `purpose`: what is guessed, a password or a code, each counted apart.
    """
    browsers = (feature.browser_of(email) for feature in features() if feature.browser_of)
    known = next(browsers, None)
    if known:
        return _begin({f"{purpose} here:{known[:40]}": rules.ACCOUNT})
    limits = {_account(purpose, email): rules.ACCOUNT}
    if purpose == CODE:
        limits[_account("codes of the day", email)] = rules.CODES_A_DAY
    return _begin({**limits, _network(purpose): rules.NETWORK})


def begin_link(email: str, purpose: str = "link") -> Held | None:
    """Count a link asked for; or why not: this account, or this network address, has had enough of them.

    `purpose`: to reset a password, or another one, which is counted apart.
    """
    limits = {_account(purpose, email): rules.LINKS_OF_ACCOUNT, _network(purpose): rules.LINKS_OF_NETWORK}
    return _begin(limits).held


def may_write_to(email: str) -> bool:
    """Count an e-mail to an address that somebody else typed; False: it got enough of them today, whoever asked."""
    return may_write_to_all([email])


def may_write_to_all(emails: Sequence[str]) -> bool:
    """The same of many addresses; False: one of them got enough of them today, and none is counted.

    Many addresses share a lock: a database holds some thousands of them.
    """
    keys, now = [_account("written to", email) for email in emails], clock.now()
    one_at_a_time(*{key[:_SHARES_A_LOCK] for key in keys})
    counted: dict[str, list[datetime]] = {key: [] for key in keys}
    for attempt in queries.attempts(counted, since=now - rules.WRITTEN_TO.window):
        counted[attempt.key].append(attempt.at)
    for key in keys:
        if rules.wait_until(counted[key], rules.WRITTEN_TO, now):
            return False
        counted[key].append(now)
    if keys:
        db.session.execute(insert(FailedAttempt), [{"key": key, "at": now} for key in keys])
    return True


def may_ask_for_address(person_id: int) -> bool:
    """Count another address asked for by a person; False: enough for an hour."""
    return _begin({f"address:{person_id}": rules.LINKS_OF_ACCOUNT}).held is None


def may_send_invitation(invitation_id: int) -> bool:
    """Count a link sent again; False: enough for today."""
    return _begin({f"invitation:{invitation_id}": rules.INVITATION_SENDS}).held is None


def may_ask_for_invitation(invitation_id: int) -> bool:
    """Count a new link asked for by a guest; False: the inviter was told today."""
    return _begin({f"guest:{invitation_id}": rules.ASKED_AGAIN}).held is None


def may_add_document(application_id: int) -> bool:
    """Count a document added to an application; False: enough for today, removed ones included."""
    return _begin({f"document:{application_id}": rules.DOCUMENTS_ADDED}).held is None


def may_send_document(person_id: int) -> bool:
    """Count a document that somebody sends with a form; False: enough for today, removed ones included."""
    return _begin({f"document of person:{person_id}": rules.DOCUMENTS_SENT}).held is None


def may_write_as_guest(guest_id: int) -> bool:
    """Count a message of a guest, whose link may be in other hands; False: enough for today."""
    return _begin({f"guest writes:{guest_id}": rules.GUEST_MESSAGES}).held is None


def may_send_document_as_guest(guest_id: int) -> bool:
    """Count a document of a guest; False: enough for today, removed ones included."""
    return _begin({f"document of guest:{guest_id}": rules.GUEST_DOCUMENTS}).held is None


def may_answer_by_email(thread: str) -> bool:
    """Count an answer by e-mail on something; False: enough for an hour, of whoever it is."""
    return _begin({f"answers:{thread}": rules.ANSWERS_BY_EMAIL}).held is None


def may_try_code_of_session(registration_id: int) -> bool:
    """Count a code that somebody types to say that they came; False: enough for an hour."""
    return _begin({f"code of session:{registration_id}": rules.SESSION_CODES}).held is None


def may_tell_strangers() -> bool:
    """Count an e-mail to somebody unknown who wrote to us; False: enough for an hour, to whomever."""
    return _begin({"strangers told": rules.STRANGERS_TOLD}).held is None


def withdraw(attempt: Attempt) -> None:
    """It was no failure."""
    require_transaction()
    _delete(FailedAttempt.id.in_([row.id for row in attempt.rows]))


def succeed(attempt: Attempt) -> None:
    """It was right: what was counted before it is forgotten.

    The network keeps its count, or one good account would hide a guesser.
    """
    withdraw(attempt)
    _delete(FailedAttempt.key == attempt.key)


def forget_failures(email: str) -> None:
    """Whoever reads the e-mails of the account may sign in at once, codes included.

    The codes of the day keep their count, or whoever reads them could guess codes without end.
    """
    require_transaction()
    _delete(FailedAttempt.key.in_([_account(SIGN_IN, email), _account(CODE, email)]))


def is_old() -> ColumnElement[bool]:
    """Attempts that no longer count."""
    return FailedAttempt.at < clock.now() - rules.LONGEST_WINDOW


def keys_of(email: str) -> list[str]:
    """What is counted for an account: its address, hashed."""
    return [_account(purpose, email) for purpose in (SIGN_IN, "link", CODE, "written to")]


def _account(purpose: str, email: str) -> str:
    """What is counted for an account; hashed, since people type passwords into the wrong field."""
    return f"{purpose}:{hashlib.sha256(rules.canonical_email(email).encode()).hexdigest()[:40]}"


def _network(purpose: str) -> str:
    return f"{purpose} from:{network(request.remote_addr)}"


def _begin(limits: Mapping[str, Limit]) -> Attempt:
    """Count on each key, unless one has had enough; the first is what success clears."""
    one_at_a_time(*limits)
    key, now = next(iter(limits)), clock.now()
    failed_attempts = queries.attempts(
        limits.keys(), since=now - max(limit.window for limit in limits.values())
    )
    for name, limit in limits.items():
        until = rules.wait_until(
            [attempt.at for attempt in failed_attempts if attempt.key == name], limit, now
        )
        if until:
            return Attempt(key, held=Held(until, network=" from:" in name))
    rows = [FailedAttempt(key=name, at=now) for name in limits]
    db.session.add_all(rows)
    db.session.flush()
    return Attempt(key, rows)


def _delete(condition: ColumnElement[bool]) -> None:
    db.session.execute(delete(FailedAttempt).where(condition).execution_options(synchronize_session=False))
