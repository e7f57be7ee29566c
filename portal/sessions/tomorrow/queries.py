"""The sessions of which nobody was reminded yet, and who has a seat there."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.db import db, require_transaction
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Standing
from portal.sessions.steps import SessionState
from portal.sessions.tomorrow import rules

LONGEST_BREAK = timedelta(days=7)
"""From a working day to the next, and one more where the clocks are ahead."""


def days(after: date, most: int) -> Sequence[date]:
    """The days of sessions that are due, after one."""
    statement = select(CollectiveSession.on, CollectiveSession.department_code).where(
        CollectiveSession.state == SessionState.OPEN,
        CollectiveSession.reminded_on.is_(None),
        CollectiveSession.on > max(after, clock.today() - timedelta(days=1)),
        CollectiveSession.on <= clock.today() + LONGEST_BREAK,
    )
    due = {on for on, place in db.session.execute(statement.distinct()) if rules.is_due(on, place)}
    return sorted(due)[:most]


def locked(day: date) -> Sequence[CollectiveSession]:
    """Those of a day that are due, which nobody changes meanwhile."""
    require_transaction()
    statement = (
        select(CollectiveSession)
        .where(
            CollectiveSession.on == day,
            CollectiveSession.state == SessionState.OPEN,
            CollectiveSession.reminded_on.is_(None),
        )
        .options(joinedload(CollectiveSession.partner), joinedload(CollectiveSession.service))
        .order_by(CollectiveSession.starts_at, CollectiveSession.id)
        .with_for_update(of=CollectiveSession)
    )
    sessions = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return [each for each in sessions if rules.is_due(each.on, each.department_code)]


def seated(session_ids: Collection[int]) -> Sequence[Registration]:
    """Who has a seat there, session by session."""
    statement = (
        select(Registration)
        .where(Registration.session_id.in_(session_ids), Registration.standing == Standing.SEATED)
        .options(joinedload(Registration.pole))
        .order_by(Registration.session_id, Registration.id)
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()
