"""What was by_session alike and what was brought together, as a cell may see it."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.access.roles import Actor, Role
from portal.alike.models import AlikePair, ComparedRequest, SharedRequest, SharedSession
from portal.alike.rules import Need, regions_near
from portal.db import db
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest
from portal.requests.queries import anybody, is_visible_to
from portal.requests.steps import OPEN_REQUESTS, RequestState

COMPARED_AT_MOST = 200
"""How many open requests one is compared with, the newest: those of its service, in its region and beside it."""
MOST_SHOWN = 50

_IS_OPEN = SupportRequest.state.in_(OPEN_REQUESTS)


def to_compare(after: int, most: int) -> Sequence[int]:
    """The open requests that were sent since they were last compared, by number."""
    statement = select(SupportRequest.id).where(_IS_OPEN, SupportRequest.id > after, ~_is_compared())
    return db.session.scalars(statement.order_by(SupportRequest.id).limit(most)).all()


def _is_compared() -> ColumnElement[bool]:
    done = select(ComparedRequest.request_id).where(
        ComparedRequest.request_id == SupportRequest.id, ComparedRequest.at >= SupportRequest.submitted_at
    )
    return done.exists()


def is_compared(request_id: int) -> bool:
    """Did another worker compare it meanwhile?"""
    return (
        db.session.scalar(select(SupportRequest.id).where(SupportRequest.id == request_id, _is_compared()))
        is not None
    )


def to_forget(after: int, most: int) -> Sequence[int]:
    """Compared requests that are drafts again, or of which nothing is left to compare."""
    gone = or_(SupportRequest.anonymised_at.is_not(None), SupportRequest.state == RequestState.DRAFT)
    statement = select(ComparedRequest.request_id).join(
        SupportRequest, SupportRequest.id == ComparedRequest.request_id
    )
    statement = statement.where(ComparedRequest.request_id > after, gone)
    return db.session.scalars(statement.order_by(ComparedRequest.request_id).limit(most)).all()


def need_of(request_id: int) -> Need | None:
    """What an open request says, locked until the transaction ends."""
    statement = _needs(SupportRequest.id == request_id).with_for_update(of=SupportRequest, key_share=True)
    row = db.session.execute(statement).one_or_none()
    return Need(*row[1:]) if row else None


def needs_beside(request_id: int, need: Need) -> Mapping[int, Need]:
    """The open requests of other poles with which one is compared, by number."""
    if need.region_code is None:
        return {}
    statement = _needs(
        SupportRequest.region_code.in_(regions_near(need.region_code)),
        SupportRequest.service_id == need.service_id,
        SupportRequest.id != request_id,
        SupportRequest.pole_id != need.pole_id,
    )
    rows = db.session.execute(statement.order_by(SupportRequest.id.desc()).limit(COMPARED_AT_MOST))
    return {row[0]: Need(*row[1:]) for row in rows}


def _needs(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    text = SupportRequest.subject + " " + SupportRequest.need
    return (
        select(
            SupportRequest.id,
            SupportRequest.pole_id,
            SupportRequest.service_id,
            text,
            SupportRequest.region_code,
            Pole.department_code,
        )
        .join(Pole, Pole.id == SupportRequest.pole_id)
        .where(_IS_OPEN, *which)
    )


def proposed(actor: Actor) -> Sequence[AlikePair]:
    """The pairs of open requests that somebody routes, about which nothing was decided, the newest first."""
    newest = AlikePair.second_id.desc(), AlikePair.first_id.desc()
    statement = _to_look_at(select(AlikePair), actor).order_by(*newest)
    return db.session.scalars(statement.limit(MOST_SHOWN)).all()


@cache
def how_many(role: Role) -> Select[int]:
    """The statement that counts them, no further than they are shown. Built once."""
    shown = _to_look_at(select(AlikePair.first_id), anybody(role)).limit(MOST_SHOWN).subquery()
    return select(func.count()).select_from(shown)


def _to_look_at(statement: Select[Any], actor: Actor) -> Select[Any]:
    first, second = aliased(SharedRequest), aliased(SharedRequest)
    older, newer = aliased(SupportRequest), aliased(SupportRequest)
    mine = select(SupportRequest.id).where(is_visible_to(actor), _IS_OPEN)
    return (
        statement.join(older, older.id == AlikePair.first_id)
        .join(newer, newer.id == AlikePair.second_id)
        .outerjoin(first, first.request_id == AlikePair.first_id)
        .outerjoin(second, second.request_id == AlikePair.second_id)
        .where(
            AlikePair.unlike_at.is_(None),
            AlikePair.first_id.in_(mine),
            AlikePair.second_id.in_(mine),
            older.pole_id != newer.pole_id,
            or_(first.session_id.is_(None), second.session_id.is_(None)),
        )
    )


def sessions(actor: Actor, most: int = MOST_SHOWN) -> Sequence[SharedSession]:
    """The last sessions with a request that somebody routes."""
    statement = select(SharedSession).where(_is_seen_by(actor))
    return db.session.scalars(statement.order_by(SharedSession.id.desc()).limit(most)).all()


def session(actor: Actor, session_id: int) -> SharedSession | None:
    """One of them."""
    return db.session.scalar(select(SharedSession).where(_is_seen_by(actor), SharedSession.id == session_id))


def _is_seen_by(actor: Actor) -> ColumnElement[bool]:
    theirs = select(SharedRequest.session_id).join(
        SupportRequest, SupportRequest.id == SharedRequest.request_id
    )
    return SharedSession.id.in_(theirs.where(is_visible_to(actor)))


def members(session_ids: Collection[int]) -> Mapping[int, Sequence[int]]:
    """The requests of sessions, by number, in the order in which they were sent."""
    statement = select(SharedRequest.session_id, SharedRequest.request_id).where(
        SharedRequest.session_id.in_(session_ids)
    )
    by_session: dict[int, list[int]] = {session_id: [] for session_id in session_ids}
    for session_id, request_id in db.session.execute(statement.order_by(SharedRequest.request_id)):
        by_session[session_id].append(request_id)
    return by_session


def session_of(request_id: int) -> SharedSession | None:
    """The one that a request is of."""
    return db.session.scalar(_session_of(), {"request_id": request_id})


@cache
def _session_of() -> Select[SharedSession]:
    """Built once."""
    statement = select(SharedSession).join(SharedRequest, SharedRequest.session_id == SharedSession.id)
    return statement.where(SharedRequest.request_id == bindparam("request_id"))


def sessions_of(request_ids: Collection[int]) -> Mapping[int, SharedSession]:
    """The session of each of some requests that is of one."""
    statement = select(SharedRequest.request_id, SharedSession).join(
        SharedSession, SharedSession.id == SharedRequest.session_id
    )
    rows = db.session.execute(statement.where(SharedRequest.request_id.in_(request_ids)))
    return {row.request_id: row.SharedSession for row in rows}


def routed_by(actor: Actor, request_ids: Collection[int]) -> Sequence[int]:
    """Those of some requests that somebody routes."""
    statement = select(SupportRequest.id).where(SupportRequest.id.in_(request_ids), is_visible_to(actor))
    return db.session.scalars(statement.order_by(SupportRequest.id)).all()


def are_unlike(request_id: int, others: Collection[int]) -> bool:
    """Did a cell say that a request is not the same as one of these?"""
    pair = or_(
        and_(AlikePair.first_id == request_id, AlikePair.second_id.in_(others)),
        and_(AlikePair.second_id == request_id, AlikePair.first_id.in_(others)),
    )
    refused = select(AlikePair.first_id).where(pair, AlikePair.unlike_at.is_not(None))
    return db.session.scalar(refused.limit(1)) is not None
