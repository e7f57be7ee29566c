"""Who is on the list of a session on its day, and what is kept of one that was closed: for its partner alone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.catalogue.rules import Beside
from portal.catalogue.versions.rules import time_counted
from portal.db import db
from portal.notifications.links import service as links
from portal.organisations.models import Pole
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import rules
from portal.sessions.presence.models import Attendance, HeldSession
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import LIVE, Standing
from portal.text import search_key

_CODE = "session-code"


def on_the_list(session_id: int) -> Sequence[Registration]:
    """All who have a seat, who waited for one, and who came without, by name."""
    standings = sorted(LIVE | {Standing.WALKED_IN})
    statement = select(Registration).where(
        Registration.session_id == session_id, Registration.standing.in_(standings)
    )
    statement = statement.options(joinedload(Registration.pole)).order_by(Registration.id)
    people = db.session.scalars(statement.execution_options(populate_existing=True))
    return sorted(people, key=lambda each: search_key(each.name))


def code(session: CollectiveSession) -> str:
    """What its partner shows to the room."""
    return rules.code_of(links.secret_of(_CODE, session.id))


def counted(session: CollectiveSession) -> Sequence[Beside]:
    """What counts as time spent beside it, by the sheet of its service."""
    return time_counted({"time_counted": session.service.time_counted})


def poles() -> Sequence[Pole]:
    """Those of the register, by name: whoever walks in is of one."""
    return db.session.scalars(select(Pole).where(Pole.active).order_by(Pole.name_key, Pole.id)).all()


def held(session_id: int) -> HeldSession | None:
    """What is kept of a session that was closed, with its act."""
    statement = select(HeldSession).where(HeldSession.session_id == session_id)
    return db.session.scalar(statement.options(joinedload(HeldSession.intervention)))


def who_came(session_id: int) -> Sequence[Attendance]:
    """What certificates say of people, by name."""
    statement = select(Attendance).where(Attendance.session_id == session_id)
    return sorted(db.session.scalars(statement), key=lambda each: search_key(each.name))


def closed_by(person_id: int) -> Sequence[dict[str, Any]]:
    """The sessions that somebody closed."""
    statement = (
        select(CollectiveSession.title, CollectiveSession.on, HeldSession.closed_at)
        .join(HeldSession, HeldSession.session_id == CollectiveSession.id)
        .where(HeldSession.closed_by_id == person_id)
        .order_by(CollectiveSession.id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
