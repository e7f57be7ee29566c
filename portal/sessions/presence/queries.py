"""Who is on the list of a session on its day, and what is kept of one that was closed: for its partner alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor, Role
from portal.catalogue.rules import Beside
from portal.catalogue.versions.rules import time_counted
from portal.db import db
from portal.interventions.corrections.models import Correction
from portal.interventions.corrections.queries import names, with_corrections
from portal.interventions.corrections.rules import Names
from portal.interventions.gathered import queries as acts
from portal.interventions.gathered.models import Gathering
from portal.interventions.models import Intervention
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


def is_followed(actor: Actor, session_id: int) -> bool:
    """Was it closed, and does a cell follow what it counts for?"""
    statement = (
        select(HeldSession.id)
        .join(Gathering, Gathering.intervention_id == HeldSession.intervention_id)
        .where(HeldSession.session_id == session_id)
    )
    if actor.role is not Role.NATIONAL_ADMIN:
        statement = statement.where(Gathering.region_code.in_(actor.region_codes))
    return actor.is_cell and db.session.scalar(statement) is not None


def act_of(held: HeldSession) -> tuple[Intervention, Names]:
    """What was counted of it, with what was corrected, and whom that names."""
    act = acts.act(held.intervention_id, with_corrections())
    changed = [each.changes.get("came", ()) for each in act.corrections]
    numbers = {number for sides in changed for side in sides for number in side}
    people = select(Registration.id, Registration.name).where(Registration.id.in_(numbers))
    came = {row.id: row.name for row in db.session.execute(people)} if numbers else {}
    return act, replace(names([act]), came=came)


def corrected_by(person_id: int) -> Sequence[dict[str, Any]]:
    """What somebody corrected of sessions."""
    statement = (
        select(CollectiveSession.title, CollectiveSession.on, Correction.at, Correction.changes)
        .join(HeldSession, HeldSession.session_id == CollectiveSession.id)
        .join(Correction, Correction.intervention_id == HeldSession.intervention_id)
        .where(Correction.by_id == person_id)
        .order_by(Correction.id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


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
