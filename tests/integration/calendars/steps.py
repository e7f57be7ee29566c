"""What calendars were sent, read by a library that did not write it; and acts on dates as pages do them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from ical.calendar_stream import IcsCalendarStream
from ical.event import Event
from sqlalchemy import select

from portal import clock
from portal.calendars import service as calendars
from portal.db import db, transaction
from portal.interventions import service, steps
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState, Place
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox_service
from portal.requests.models import Assignment
from portal.requests.undo import service as undo
from tests.integration.requests.steps import actor_of

INBOX = "portail@reponses.test"


def outbox() -> list[OutboxEmail]:
    return [*db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id))]


def told(calendar: str) -> list[tuple[str, Event]]:
    """The METHOD and the one event of each object that came with an e-mail."""
    objects = []
    for each in IcsCalendarStream.from_ics(calendar).calendars:
        (event,) = each.events
        objects.append((str(each.method), event))
    return objects


def parsed(calendar: str) -> tuple[str, Event]:
    """The same of the only one."""
    (only,) = told(calendar)
    return only


def sent(address: str) -> list[tuple[str, int]]:
    """What the calendar of an address was told, in order: METHOD and SEQUENCE."""
    mine = [email.calendar for email in outbox() if email.calendar and email.recipient == address]
    return [(method, event.sequence or 0) for calendar in mine for method, event in told(calendar)]


@dataclass
class Reader:
    """A calendar as Outlook and Thunderbird keep one: by UID, a higher SEQUENCE wins, a CANCEL takes out."""

    address: str
    events: dict[str, Event] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)

    def take(self, calendar: str) -> None:
        for method, event in told(calendar):
            self.take_one(method, event)

    def take_one(self, method: str, event: Event) -> None:
        sequence = event.sequence or 0
        assert [attendee.uri.lower() for attendee in event.attendees] == [f"mailto:{self.address}"]
        assert sequence >= self.highest.get(event.uid, -1), "what is older than what it holds is not taken"
        self.highest[event.uid] = sequence
        if method == "CANCEL":
            self.events.pop(event.uid, None)
        else:
            assert method == "REQUEST"
            self.events[event.uid] = event


def day(ahead: int) -> date:
    return clock.today() + timedelta(days=ahead)


def facts(
    on: date, at: time | None = time(14), minutes: int = 90, place: str | None = "Évreux", report: str = ""
) -> Any:
    return service.Facts(on, at, minutes, Place.ON_SITE, place, report=report)


def plan(
    member: Any,
    assignment: Assignment,
    on: date,
    people: Collection[int],
    once: str = "",
    at: time | None = time(14),
    **more: Any,
) -> int:
    reference = reference_of(assignment)
    with transaction(), undo.act(actor_of(member), steps.PLAN):
        added = service.add(
            actor_of(member),
            reference,
            assignment.id,
            steps.PLAN,
            once or f"k{on}{len(people)}",
            facts(on, at),
            people,
            **more,
        )
    return added.id


def change(
    member: Any, number: int, step: Any, on: date | None = None, people: Collection[int] = (), **more: Any
) -> None:
    with transaction(), undo.act(actor_of(member), step):
        service.change(
            actor_of(member), number, step, facts(on, **more) if on else None, people, message="Voilà"
        )


def reference_of(assignment: Assignment) -> str:
    from portal.requests.models import SupportRequest

    return db.session.scalars(
        select(SupportRequest.reference).where(SupportRequest.id == assignment.request_id)
    ).one()


def stand_in_calendars(*numbers: int) -> None:
    """These dates are in the calendars of those they concern: all that are planned where none is said."""
    planned = select(Intervention.id).where(Intervention.state == InterventionState.PLANNED)
    with transaction() as session, outbox_service.silent():
        calendars.settle(numbers or session.scalars(planned).all())


def intervention(number: int) -> Intervention:
    statement = select(Intervention).where(Intervention.id == number)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


__all__ = [
    "INBOX",
    "InterventionState",
    "Reader",
    "change",
    "day",
    "facts",
    "intervention",
    "outbox",
    "plan",
    "sent",
]
