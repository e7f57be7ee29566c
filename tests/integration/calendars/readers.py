"""What two libraries that share no code read in the same calendar, of what people see."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

Moment = date | datetime


class Kept(NamedTuple):
    """A date as a calendar shows it."""

    when: tuple[Moment, Moment]
    title: str
    where: str
    about: str


class Read(NamedTuple):
    """One event, with what is asked of a calendar."""

    method: str
    uid: str
    sequence: int
    invited: tuple[str, ...]
    kept: Kept


Parse = Callable[[str], Sequence[Read]]


def by_ical(text: str) -> Sequence[Read]:
    return [
        Read(
            str(calendar.method),
            event.uid,
            event.sequence or 0,
            tuple(attendee.uri for attendee in event.attendees),
            Kept(
                (event.dtstart, event.dtend),
                event.summary or "",
                event.location or "",
                event.description or "",
            ),
        )
        for calendar in IcsCalendarStream.from_ics(text).calendars
        for event in calendar.events
    ]


def by_icalendar(text: str) -> Sequence[Read]:
    return [
        Read(
            str(calendar["method"]),
            str(event["uid"]),
            int(event["sequence"]),
            tuple(map(str, event.attendees)),
            Kept(
                (event.decoded("dtstart"), event.decoded("dtend")),
                *(str(event.get(name, "")) for name in ("summary", "location", "description")),
            ),
        )
        for calendar in Calendar.from_ical(text, multiple=True)
        for event in calendar.walk("VEVENT")
    ]


READERS = (by_ical, by_icalendar)
