"""Who has a seat at the sessions that are due, who answers for them, and who was reminded."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Role
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Standing
from portal.sessions.steps import SessionState
from portal.sessions.tomorrow import rules
from portal.teams import queries as teams
from portal.teams.queries import Addressee

LONGEST_BREAK = timedelta(days=7)
"""From a working day to the next, and one more where the clocks are ahead."""


class Told(NamedTuple):
    """What an address is reminded of. `reader`: who answers for a pole; None: they come themselves, and no more."""

    reader: Addressee | None
    seats: list[Registration]


def due(after: str, most: int) -> Sequence[str]:
    """Day and address of those who were not reminded yet, in order."""
    waiting: list[str] = []
    for day in sorted({each.session.on for each in _seats()}):
        sent = OutboxEmail.dedupe.like(f"{rules.prefix(day)}%")
        told = set(db.session.scalars(select(OutboxEmail.dedupe).where(sent)))
        waiting += [f"{day} {each}" for each in of_day(day) if rules.key(day, each) not in told]
    return sorted(each for each in waiting if each > after)[:most]


def was_told(key: str) -> bool:
    return bool(db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.dedupe == key)))


def of_day(day: date) -> Mapping[str, Told]:
    """Each address with what it is told of a day: who registered people of all of them, others of their own seats."""
    people = [each for each in _seats() if each.session.on == day]
    told = _registrars(people)
    for address, (_reader, seats) in told.items():
        seats += [each for each in people if each.email == address and each not in seats]
    for each in people:
        if each.email and (each.email not in told or told[each.email].reader is None):
            told.setdefault(each.email, Told(None, [])).seats.append(each)
    return told


def _seats() -> Sequence[Registration]:
    """Those of all sessions that are due, session by session."""
    today = clock.today()
    statement = (
        select(Registration)
        .join(Registration.session)
        .where(
            Registration.standing == Standing.SEATED,
            CollectiveSession.state == SessionState.OPEN,
            CollectiveSession.on >= today,
            CollectiveSession.on <= today + LONGEST_BREAK,
        )
        .options(
            joinedload(Registration.pole),
            joinedload(Registration.session).joinedload(CollectiveSession.partner),
        )
        .order_by(CollectiveSession.starts_at, CollectiveSession.id, Registration.id)
    )
    seats = db.session.scalars(statement.execution_options(populate_existing=True))
    return [each for each in seats if rules.is_due(each.session.on, each.session.department_code)]


def _registrars(people: Sequence[Registration]) -> dict[str, Told]:
    """Who registered some, or answers for their pole today."""
    bodies = teams.teams_of({each.pole_id for each in people})
    told: dict[str, Told] = {}
    for each in people:
        members = bodies.of(each.pole_id)
        coordinators = [member.person_id for member in members if member.role is Role.COORDINATOR]
        wanted = [number for number in coordinators if number == each.registered_by_id] or coordinators
        for reader in bodies.addressees(each.pole_id, members, wanted, {Role.COORDINATOR}):
            told.setdefault(reader.person.email, Told(reader, [])).seats.append(each)
    return told
