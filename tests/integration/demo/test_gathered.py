"""The demonstration shows sessions: with seats left, full with people who wait, cancelled, to close, and closed."""

import pytest
from sqlalchemy import select

from portal.db import db
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries
from portal.sessions.registrations.rules import Standing
from portal.sessions.steps import SessionState

pytestmark = pytest.mark.usefixtures("demonstration")


def test_there_is_a_session_of_each_kind() -> None:
    sessions = db.session.scalars(select(CollectiveSession)).all()
    states = {SessionState.OPEN, SessionState.CANCELLED, SessionState.HELD}
    assert {session.state for session in sessions} == states
    assert any(session.is_over and session.state is SessionState.OPEN for session in sessions)
    counts = queries.counts([session.id for session in sessions])
    standing = [counts[each.id] for each in sessions if each.state is SessionState.OPEN]
    assert any(not each[Standing.WAITING] and each[Standing.SEATED] for each in standing)
    assert any(each[Standing.WAITING] and each[Standing.OFFERED] for each in standing)
