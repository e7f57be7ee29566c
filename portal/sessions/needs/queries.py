"""Which session is proposed to which requests, and which could be."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor
from portal.catalogue.models import Delivery
from portal.db import db, require_transaction
from portal.organisations.models import Partner
from portal.requests.models import SupportRequest
from portal.requests.queries import is_visible_to
from portal.sessions import queries as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.needs.models import AttachedRequest, WantedSession

MOST = 50
"""Sessions that are offered to choose from, the next first."""


def of_request(request_id: int) -> CollectiveSession | None:
    """The one that is proposed to a request, with who gives it."""
    statement = (
        select(CollectiveSession)
        .join(AttachedRequest, AttachedRequest.session_id == CollectiveSession.id)
        .where(AttachedRequest.request_id == request_id)
        .options(joinedload(CollectiveSession.partner))
    )
    return db.session.scalar(statement)


def attached(request_ids: Collection[int]) -> Sequence[AttachedRequest]:
    """Those of some requests to which one is proposed."""
    statement = select(AttachedRequest).where(AttachedRequest.request_id.in_(request_ids))
    return db.session.scalars(statement.options(joinedload(AttachedRequest.session))).all()


def row_of(request_id: int) -> AttachedRequest | None:
    """The same of one that is locked, fresh."""
    require_transaction()
    return db.session.get(AttachedRequest, request_id, populate_existing=True)


def requests_of(session_id: int) -> Sequence[SupportRequest]:
    """Those to which a session is proposed, with their poles, in the order in which they were sent."""
    statement = (
        select(SupportRequest)
        .join(AttachedRequest, AttachedRequest.request_id == SupportRequest.id)
        .where(AttachedRequest.session_id == session_id)
        .options(joinedload(SupportRequest.pole))
    )
    return db.session.scalars(statement.order_by(SupportRequest.id)).all()


def members(actor: Actor, request_ids: Collection[int]) -> Sequence[SupportRequest]:
    """Those of some requests that somebody routes, with their services."""
    statement = (
        select(SupportRequest)
        .where(SupportRequest.id.in_(request_ids), is_visible_to(actor))
        .options(joinedload(SupportRequest.pole), joinedload(SupportRequest.service))
    )
    return db.session.scalars(statement.order_by(SupportRequest.id)).all()


def to_choose(service_ids: Collection[int]) -> Sequence[CollectiveSession]:
    """The next sessions that still take people, of these services; of all where none is named."""
    statement = sessions.upcoming()
    if service_ids:
        statement = statement.where(CollectiveSession.service_id.in_(service_ids))
    return [each for each in db.session.scalars(statement.limit(MOST)) if each.takes_people]


def open_session(session_id: int) -> CollectiveSession | None:
    """One that is neither changed nor cancelled until the transaction ends."""
    require_transaction()
    statement = select(CollectiveSession).where(CollectiveSession.id == session_id)
    statement = statement.options(
        joinedload(CollectiveSession.partner), joinedload(CollectiveSession.service)
    ).with_for_update(of=CollectiveSession, read=True)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def delivering(service_ids: Collection[int]) -> Sequence[Partner]:
    """The partners that deliver one of these services, by name."""
    theirs = select(Delivery.partner_id).where(Delivery.service_id.in_(service_ids))
    statement = select(Partner).where(Partner.id.in_(theirs), Partner.active)
    return db.session.scalars(statement.order_by(Partner.name_key, Partner.id)).all()


def asked(shared_id: int) -> Sequence[WantedSession]:
    """Which partners were asked for a session, the first first."""
    statement = select(WantedSession).where(WantedSession.shared_id == shared_id)
    statement = statement.options(joinedload(WantedSession.partner))
    return db.session.scalars(statement.order_by(WantedSession.id)).all()
