"""Who is signed in where: a row for each session, whose key only its cookie holds."""

from typing import Any, cast

from flask import Response, request, session
from flask_login import current_user
from sqlalchemy import ColumnElement, CursorResult, update

from portal import clock
from portal.accounts import service as people
from portal.accounts.models import Person
from portal.accounts.rules import new_token, token_hash
from portal.accounts.sign_in.service import SIGNED_IN_HERE
from portal.db import db, note, require_transaction
from portal.safety import emails, queries, rules
from portal.safety.models import SignInSession
from portal.web import current
from portal.web.addresses import network

KEY = "sign_in_key"
SEEN_AT = "seen_at"
_TWO_FACTORS = "two_factors"
_MOST_MARKS = 5  # people who use one browser in turn


def start(person: Person, *, two_factors: bool) -> None:
    """Open a session for whoever has just signed in; its owner is told of a browser never seen before."""
    require_transaction()
    people.came(person.id)
    key = new_token()
    browser, system = rules.browser_and_system(request.user_agent.string)
    row = SignInSession(
        person_id=person.id,
        key_hash=token_hash(key),
        browser=browser,
        system=system,
        address=network(request.remote_addr),
    )
    known = queries.knows_device(person.id, browser, system, row.address)
    db.session.add(row)
    session[KEY] = key
    session[SIGNED_IN_HERE] = [key, *_marks_of_others(person.id)][:_MOST_MARKS]
    if two_factors:
        note_two_factors()
    if not known:
        emails.new_sign_in(person, browser, system, row.address)


def known_here(email: str) -> str | None:
    """What is stored of the key of the last session that the person of an address opened in this browser.

    Such sessions are kept for a year, and their keys in the cookie, where they open nothing once the session is over.
    """
    marks = _marks()
    return queries.last_opened(email, list(marks)) if marks else None


def _marks() -> dict[str, str]:
    """The keys of sessions opened in this browser, the present one included, by what is stored of each."""
    keys = [session.get(KEY), *session.get(SIGNED_IN_HERE, ())]
    return {token_hash(key): key for key in keys if isinstance(key, str)}


def _marks_of_others(person_id: int) -> list[str]:
    """The same, but for those of one person."""
    marks = _marks()
    theirs = queries.opened_by(person_id, list(marks)) if marks else frozenset()
    return [key for hashed, key in marks.items() if hashed not in theirs]


def is_alive() -> ColumnElement[bool]:
    """For the query that loads who is signed in: is the session of the cookie at hand still open?"""
    return queries.is_alive(this_one)


def proved_two_factors() -> bool:
    """Did whoever is signed in prove it in two ways, in this session?"""
    return bool(session.get(_TWO_FACTORS))


def note_two_factors() -> None:
    session[_TWO_FACTORS] = True


def forget_two_factors() -> None:
    session.pop(_TWO_FACTORS, None)


def this_one() -> str:
    """What is stored of the key of this session; nothing, which no row has, without a good one."""
    key = session.get(KEY)
    return token_hash(key) if isinstance(key, str) else ""


def end_this() -> None:
    """Sign out: the cookie opens nothing any more, wherever a copy of it is."""
    require_transaction()
    _end(SignInSession.key_hash == this_one())


def end_one(person_id: int, session_id: int) -> bool:
    """Sign a person out of one place; False: it was not open, or not theirs."""
    require_transaction()
    return _end(SignInSession.person_id == person_id, SignInSession.id == session_id) > 0


def end_others(person_id: int) -> int:
    """Sign a person out of everywhere but here."""
    require_transaction()
    return _end(SignInSession.person_id == person_id, SignInSession.key_hash != this_one())


def end_all(person_id: int) -> int:
    """Sign a person out of everywhere."""
    require_transaction()
    return _end(SignInSession.person_id == person_id)


def _end(*conditions: ColumnElement[bool]) -> int:
    statement = update(SignInSession).where(*conditions, SignInSession.ended_at.is_(None))
    result = db.session.execute(
        statement.values(ended_at=clock.now()).execution_options(synchronize_session=False)
    )
    return int(cast("CursorResult[Any]", result).rowcount)


def note_seen(response: Response) -> Response:
    """Write down every few minutes that the session is used, once the answer is made, if it is no failure: the
    database may then be away. Where somebody writes just now, the next answer does."""
    if response.status_code >= 500:
        return response
    now = clock.now()
    is_due = now.timestamp() - session.get(SEEN_AT, 0) > rules.SEEN_EVERY.total_seconds()
    if KEY in session and is_due and current.is_signed_in() and not current.is_viewing():
        if note(SignInSession, SignInSession.key_hash == this_one(), last_seen_at=now):
            session[SEEN_AT] = now.timestamp()
        people.note_seen(current_user)
    return response
