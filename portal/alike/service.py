"""Requests are compared; a cell brings some together, takes one out, or says that two are not the same."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.alike import queries, rules
from portal.alike.models import AlikePair, ComparedRequest, SharedRequest, SharedSession
from portal.db import db, inserting, require_transaction
from portal.refusals import Invalid, NotFound
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.steps import OPEN_REQUESTS


def compare(request_ids: Sequence[int]) -> int:
    """Note which open requests each resembles; return how many were compared."""
    require_transaction()
    return sum(_compare(request_id) for request_id in request_ids)


def _compare(request_id: int) -> bool:
    need = queries.need_of(request_id)
    if need is None or queries.is_compared(request_id):
        return False
    _forget_what_was_not_decided(request_id)
    for other_id, other in queries.needs_beside(request_id, need).items():
        if likeness := rules.alike(need, other):
            first, second = sorted((request_id, other_id))
            values = {"first_id": first, "second_id": second, **likeness._asdict()}
            db.session.execute(inserting(AlikePair).values(values).on_conflict_do_nothing())
    done = inserting(ComparedRequest).values(request_id=request_id, at=clock.now())
    db.session.execute(
        done.on_conflict_do_update(index_elements=["request_id"], set_={"at": done.excluded.at})
    )
    return True


def _forget_what_was_not_decided(request_id: int) -> None:
    """It was sent again, perhaps with other words."""
    theirs = or_(AlikePair.first_id == request_id, AlikePair.second_id == request_id)
    db.session.execute(delete(AlikePair).where(theirs, AlikePair.unlike_at.is_(None)))


def forget(request_ids: Sequence[int]) -> int:
    """Nothing is kept of requests that say nothing any more, nor of sessions that have no other; return
    of how many."""
    require_transaction()
    gone = or_(AlikePair.first_id.in_(request_ids), AlikePair.second_id.in_(request_ids))
    db.session.execute(delete(AlikePair).where(gone))
    db.session.execute(delete(SharedRequest).where(SharedRequest.request_id.in_(request_ids)))
    compared = delete(ComparedRequest).where(ComparedRequest.request_id.in_(request_ids))
    forgotten = db.session.scalars(compared.returning(ComparedRequest.request_id)).all()
    held = select(SharedRequest.session_id)
    db.session.execute(delete(SharedSession).where(SharedSession.id.not_in(held)))
    return len(forgotten)


def attach(actor: Actor, first: str, second: str, title: str, note: str) -> SharedSession:
    """Bring two requests together: in the session that one of them is of, or in a new one. Twice is once."""
    pair = _lock(actor, first, second)
    if any(request.state not in OPEN_REQUESTS for request in pair):
        raise Invalid("title", _l("One of these requests was closed meanwhile: nothing was done."))
    there = {request.id: queries.session_of(request.id) for request in pair}
    kept = {session.id: session for session in there.values() if session}
    if len(kept) > 1:
        raise Invalid("title", _l("Each is of another session already: take one out first."))
    session = _lock_session(next(iter(kept), None))
    held = set(queries.members([session.id])[session.id]) if session else set()
    for request in pair:
        if queries.are_unlike(request.id, held | {each.id for each in pair}):
            raise Invalid("title", _l("It was said that two of these requests are not the same."))
    if session is None:
        session = SharedSession(title=title, note=note)
        db.session.add(session)
        db.session.flush()
    db.session.add_all(
        SharedRequest(request_id=request.id, session_id=session.id)
        for request in pair
        if request.id not in held
    )
    db.session.flush()
    return session


def say_unlike(actor: Actor, first: str, second: str) -> None:
    """They are not the same, once and for all."""
    first_request, second_request = _lock(actor, first, second)
    pair = db.session.get(AlikePair, (first_request.id, second_request.id), populate_existing=True)
    if pair is None:
        raise NotFound
    sessions = [queries.session_of(request.id) for request in (first_request, second_request)]
    if sessions[0] is not None and sessions[0] is sessions[1]:
        raise Invalid("title", _l("They were brought together meanwhile: take one out first."))
    pair.unlike_at = pair.unlike_at or clock.now()


def _lock(actor: Actor, first: str, second: str) -> list[SupportRequest]:
    """Two requests that somebody routes, the older first, locked in one order whoever acts; what two people do about
    one session is done one after the other, since each adds to a request that both have."""
    if first == second:
        raise NotFound
    locked = [
        requests.lock(actor, reference, Permission.REQUEST_ROUTE) for reference in sorted((first, second))
    ]
    return sorted(locked, key=lambda request: request.id)


def _lock_session(session_id: int | None) -> SharedSession | None:
    """A session that is still there, until the transaction ends."""
    locked = select(SharedSession).where(SharedSession.id == session_id).with_for_update()
    return db.session.scalar(locked.execution_options(populate_existing=True))


def rename(actor: Actor, session_id: int, title: str, note: str) -> SharedSession:
    """Call a session something else, with another note."""
    require_transaction()
    session = queries.session(actor, session_id)
    if session is None:
        raise NotFound
    session.title, session.note = title, note
    return session


def take_out(actor: Actor, reference: str) -> None:
    """A request is of its session no more; a session of one request ends."""
    request = requests.lock(actor, reference, Permission.REQUEST_ROUTE)
    session = queries.session_of(request.id)
    if session is None:
        return
    _lock_session(session.id)
    db.session.execute(delete(SharedRequest).where(SharedRequest.request_id == request.id))
    left = queries.members([session.id])[session.id]
    if len(left) < 2:
        db.session.execute(delete(SharedRequest).where(SharedRequest.session_id == session.id))
        db.session.execute(delete(SharedSession).where(SharedSession.id == session.id))
