"""What a worker does with reminders, at a moment."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment
from tests.builders import Builder
from tests.integration.requests.steps import World
from tests.jobs import do

OFFICE = time(9)
MONDAY = date(2026, 3, 2)
"""No public holiday follows for five weeks."""


def run(moment: datetime) -> None:
    """All that a worker does at a moment, and when what it noted has settled."""
    with clock.travelling_to(moment):
        do("note what people are reminded of")
    with clock.travelling_to(moment + timedelta(minutes=3)):
        do("weigh the reminders of a run")
        do("send reminders")


def at(day: date, hour: time = OFFICE, place: str | None = None) -> datetime:
    return datetime.combine(day, hour, clock.zone_of(place))


def run_on(day: date) -> None:
    run(at(day))


def mails(*kinds: str) -> Sequence[tuple[str, str]]:
    """(kind, address) of what was written, in order."""
    statement = select(OutboxEmail.kind, OutboxEmail.recipient).order_by(OutboxEmail.id)
    if kinds:
        statement = statement.where(OutboxEmail.kind.in_(kinds))
    found: Any = db.session.execute(statement).all()
    return [(kind, to) for kind, to in found]


def kinds() -> Sequence[str]:
    return [kind for kind, _ in mails()]


def asked(make: Builder, world: World, on: date = MONDAY, **values: Any) -> Assignment:
    """A request that the partner was asked for on a day."""
    request = make.raw_request(world.coordinator, submitted_at=at(on))
    due_on = clock.add_working_days(on, DAYS_TO_ANSWER, None)
    return make.raw_assignment(request, world.partner, **{"proposed_at": at(on), "due_on": due_on, **values})


def working_day(count: int) -> date:
    return clock.add_working_days(MONDAY, count, None)
