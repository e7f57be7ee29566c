"""Who comes to sessions, as each may know it: a pole its own people, their partner all, everybody numbers alone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.notifications.links import service as links
from portal.organisations.models import Pole
from portal.sessions.models import CollectiveSession
from portal.sessions.queries import is_to_come
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import ADDRESS_KEPT, LIVE, Presence, Standing

LINK = "session-registration"
_LIVE = Registration.standing.in_(sorted(LIVE))
HAS_NOT_COME = and_(
    Registration.standing != Standing.SEATED, Registration.presence.is_distinct_from(Presence.PRESENT)
)
"""Whoever neither had a seat nor came."""
Counts = Mapping[Standing, int]


def counts(session_ids: Collection[int]) -> Mapping[int, Counts]:
    """How many stand where, of each of some sessions."""
    statement = (
        select(Registration.session_id, Registration.standing, func.count())
        .where(Registration.session_id.in_(session_ids), _LIVE)
        .group_by(Registration.session_id, Registration.standing)
    )
    known: dict[int, Counter[Standing]] = {number: Counter() for number in session_ids}
    for session_id, standing, count in db.session.execute(statement):
        known[session_id][standing] = count
    return known


def of_session(session_id: int) -> Sequence[Registration]:
    """All who come or wait, in the order in which they came."""
    statement = select(Registration).where(Registration.session_id == session_id, _LIVE)
    statement = statement.options(joinedload(Registration.pole)).order_by(Registration.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def seated(session_ids: Collection[int]) -> Mapping[int, Sequence[Registration]]:
    """Who has a seat at each of some sessions, and an address."""
    statement = select(Registration).where(
        Registration.session_id.in_(session_ids),
        Registration.standing == Standing.SEATED,
        Registration.email != "",
    )
    of_each: dict[int, list[Registration]] = {number: [] for number in session_ids}
    for each in db.session.scalars(statement.order_by(Registration.id)):
        of_each[each.session_id].append(each)
    return of_each


def of_pole(actor: Actor, session_id: int) -> Sequence[Registration]:
    """The people of one's own pole, whatever became of them."""
    statement = select(Registration).where(
        Registration.session_id == session_id,
        Registration.pole_id == (actor.organisation_id if actor.is_pole else None),
    )
    return db.session.scalars(statement.order_by(Registration.id)).all()


def one_of_pole(actor: Actor, session_id: int, number: int) -> Registration | None:
    """One of them."""
    return next((each for each in of_pole(actor, session_id) if each.id == number), None)


def waiting(session_id: int) -> Sequence[int]:
    """The numbers of those who wait, the first first."""
    statement = select(Registration.id).where(
        Registration.session_id == session_id, Registration.standing == Standing.WAITING
    )
    return db.session.scalars(statement.order_by(Registration.id)).all()


def by_token(token: str) -> Registration | None:
    """Whose link it is, with the session: of a name that is still known."""
    number = links.read(LINK, token)
    statement = select(Registration).where(Registration.id == number, Registration.name != "")
    to_session = joinedload(Registration.session)
    options = (
        to_session.joinedload(CollectiveSession.partner),
        to_session.joinedload(CollectiveSession.service),
        joinedload(Registration.pole),
    )
    return db.session.scalar(statement.options(*options)) if isinstance(number, int) else None


def by_once(once: str) -> Registration | None:
    """What a form already created."""
    return db.session.scalar(select(Registration).where(Registration.once == once))


def fresh(number: int) -> Registration | None:
    """A registration, under the lock of its session."""
    require_transaction()
    statement = select(Registration).where(Registration.id == number)
    statement = statement.options(joinedload(Registration.pole))
    return db.session.scalar(statement.execution_options(populate_existing=True))


def active_pole(pole_id: int) -> Pole | None:
    """A pole that neither ends nor is merged until the transaction ends."""
    require_transaction()
    statement = select(Pole).where(Pole.id == pole_id, Pole.active)
    return db.session.scalar(statement.with_for_update(read=True, key_share=True))


def to_settle(after: int, most: int) -> Sequence[int]:
    """The sessions with a seat that was offered and not taken in time, by number."""
    statement = (
        select(Registration.session_id)
        .where(
            Registration.standing == Standing.OFFERED,
            Registration.offered_until <= clock.now(),
            Registration.session_id > after,
        )
        .distinct()
    )
    return db.session.scalars(statement.order_by(Registration.session_id).limit(most)).all()


def sessions_of(pole_id: int) -> Sequence[CollectiveSession]:
    """The sessions to come to which a pole has registered somebody."""
    theirs = select(Registration.session_id).where(Registration.pole_id == pole_id, _LIVE)
    statement = select(CollectiveSession).where(CollectiveSession.id.in_(theirs), is_to_come())
    return db.session.scalars(statement.order_by(CollectiveSession.id)).all()


def is_over() -> ColumnElement[bool]:
    """Of a registration: the session was a month ago, and an address, or a name without a seat, is still there."""
    long_ago = select(CollectiveSession.id).where(CollectiveSession.on < clock.today() - ADDRESS_KEPT)
    unseated = and_(HAS_NOT_COME, Registration.name != "")
    return and_(Registration.session_id.in_(long_ago), or_(Registration.email != "", unseated))
