"""Sessions: what everybody reads, and what a partner keeps."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, case, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal import clock
from portal.access.roles import Actor
from portal.catalogue import queries as catalogue
from portal.catalogue.models import Service
from portal.db import db, require_transaction, when_run
from portal.organisations.models import Partner
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.steps import SessionState
from portal.territories.reference import DEPARTMENTS

MOST = 20
"""Sessions that the page of a service shows, the next first."""


def upcoming() -> Select[CollectiveSession]:
    """Those that everybody may come to and whose day is not over, the next first."""
    statement = select(CollectiveSession).where(is_to_come()).options(*_about())
    return statement.order_by(CollectiveSession.on, CollectiveSession.starts_at, CollectiveSession.id)


def of_service(service_id: int) -> Sequence[CollectiveSession]:
    """Those of a service, MOST at most."""
    statement = upcoming().where(CollectiveSession.service_id == service_id).limit(MOST)
    return db.session.scalars(statement).all()


def is_to_come() -> ColumnElement[bool]:
    """Of a session: people may come to it, and its day is not over where it takes place."""
    overseas = ((CollectiveSession.department_code == code, _today_in(code)) for code in clock.OVERSEAS)
    earliest = when_run(lambda: min(map(clock.today, (None, *clock.OVERSEAS))))
    return and_(
        CollectiveSession.state == SessionState.OPEN,
        CollectiveSession.on >= earliest,  # finds rows by their index
        CollectiveSession.on >= case(*overseas, else_=_today_in(None)),
    )


def _today_in(code: str | None) -> BindParameter[date]:
    return when_run(partial(clock.today, code), Date())


def _about() -> tuple[ExecutableOption, ...]:
    return (joinedload(CollectiveSession.partner), joinedload(CollectiveSession.service))


def published(session_id: int) -> CollectiveSession | None:
    """One that everybody reads, whatever became of it."""
    statement = select(CollectiveSession).where(
        CollectiveSession.id == session_id, CollectiveSession.state != SessionState.DRAFT
    )
    return db.session.scalar(statement.options(*_about()))


def kept_by(actor: Actor) -> Select[CollectiveSession]:
    """Those of one's own partner, the latest first."""
    return (
        select(CollectiveSession)
        .where(is_kept_by(actor))
        .options(*_about())
        .order_by(CollectiveSession.on.desc(), CollectiveSession.id.desc())
    )


def region_of(session: CollectiveSession) -> str | None:
    """Where it takes place, or where its partner is from where no place is said: the cell of that region follows what
    it counts for."""
    where = DEPARTMENTS.get(session.department_code or "")
    return where.region_code if where else session.partner.region_code


def is_in(region_codes: Collection[str]) -> ColumnElement[bool]:
    """Of a session: is `region_of` it one of these?"""
    places = [code for code, department in DEPARTMENTS.items() if department.region_code in region_codes]
    from_there = select(Partner.id).where(Partner.region_code.in_(region_codes))
    nowhere = and_(CollectiveSession.department_code.is_(None), CollectiveSession.partner_id.in_(from_there))
    return or_(CollectiveSession.department_code.in_(places), nowhere)


def is_kept_by(actor: Actor) -> ColumnElement[bool]:
    """Of a session: is it of one's own partner?"""
    return CollectiveSession.partner_id == (actor.organisation_id if actor.is_partner else None)


def kept(actor: Actor, session_id: int) -> CollectiveSession | None:
    """One of them, with who gives it."""
    to_givers = joinedload(CollectiveSession.givers).joinedload(SessionGiver.person)
    statement = kept_by(actor).where(CollectiveSession.id == session_id).options(to_givers)
    return db.session.scalars(statement).unique().one_or_none()


def locked(session_id: int) -> CollectiveSession | None:
    """A session, fresh, which nobody else changes nor registers for until the transaction ends."""
    require_transaction()
    statement = select(CollectiveSession).where(CollectiveSession.id == session_id).options(*_about())
    statement = statement.with_for_update(of=CollectiveSession)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def by_once(once: str) -> CollectiveSession | None:
    """What a form already created."""
    return db.session.scalar(select(CollectiveSession).where(CollectiveSession.once == once))


def offered_by(actor: Actor) -> Sequence[Service]:
    """The services that a partner may hold sessions of."""
    return catalogue.delivered_by(actor.organisation_id)


def open_of(partner_id: int) -> Sequence[CollectiveSession]:
    """Those of a partner that people may come to, the first first."""
    statement = select(CollectiveSession).where(CollectiveSession.partner_id == partner_id, is_to_come())
    return db.session.scalars(statement.order_by(CollectiveSession.on, CollectiveSession.id)).all()
