"""What calendars are told of dates, as iCalendar (RFC 5545, and 5546 for invitations). Pure: no Flask, no database."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from icalendar import Calendar, Event, vCalAddress

from portal import clock
from portal.text import one_line

_MAKER = "-//Portail d'appui PTCE//Portail//FR"
SHOWN_BACK = timedelta(days=30)
"""How long a date that is past stays in a feed, which holds all that are to come."""
MOST_READINGS = 60
"""Of a feed within an hour."""
READ_AGAIN = "PT1H"
"""How often a program should read a feed; those that follow their own mind do not know it."""


class Method(StrEnum):
    """What an iCalendar object does to the calendar that gets it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


class Answer(StrEnum):
    """What somebody's calendar said to an invitation."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Scope(StrEnum):
    """Which dates a feed holds: those of one person, or all of their organisation."""

    MINE = "mine"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Moment:
    """When a date is: from a moment to a moment, in UTC; or a whole day, where its hour is not agreed yet."""

    starts: datetime | date
    ends: datetime | date

    @classmethod
    def of(cls, on: date, starts_at: time | None, minutes: int, department: str | None) -> "Moment":
        """Of a day and an hour as the clocks of a department show them."""
        if starts_at is None:
            return cls(on, on + timedelta(days=1))
        begins = datetime.combine(on, starts_at, clock.zone_of(department)).astimezone(UTC)
        return cls(begins, begins + timedelta(minutes=minutes))


@dataclass(frozen=True, slots=True)
class Shown:
    """One date as a calendar shows it. `where`, `about`: empty where nothing is said of it."""

    uid: str
    sequence: int
    moment: Moment
    title: str
    url: str
    where: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites, or is invited."""

    name: str
    address: str


def digest(moment: Moment, place_kind: str, place: str | None, *more: str) -> str:
    """What tells apart two states of a date that calendars show otherwise."""
    state = repr((moment.starts, moment.ends, place_kind, place or "", *more))
    return hashlib.sha256(state.encode()).hexdigest()[:16]


def invitation(
    method: Method, shown: Shown, organiser: Party, invited: Party, now: datetime, *, asks: bool
) -> str:
    """An invitation, or its end, for one person, who is its only attendee. `asks`: an answer would come back."""
    calendar = _calendar(method)
    event = _event(shown, now)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event["organizer"] = _address(organiser, {})
    event["attendee"] = _address(
        invited,
        {
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "TRUE" if asks and method is Method.REQUEST else "FALSE",
        },
    )
    calendar.add_component(event)
    return _text(calendar)


def feed(name: str, dates: Iterable[Shown], now: datetime) -> str:
    """Dates that a calendar reads again and again."""
    calendar = _calendar(Method.PUBLISH)
    for key in ("name", "x-wr-calname"):
        calendar.add(key, one_line(name))
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"}, encode=False)
    calendar.add("x-published-ttl", READ_AGAIN)
    for shown in dates:
        event = _event(shown, now)
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    return _text(calendar)


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return calendar


def _event(shown: Shown, now: datetime) -> Event:
    event = Event()
    event.add("uid", shown.uid)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("sequence", shown.sequence)
    event.add("dtstart", shown.moment.starts)
    event.add("dtend", shown.moment.ends)
    event.add("summary", one_line(shown.title))
    if shown.where:
        event.add("location", one_line(shown.where))
    if shown.about:
        event.add("description", shown.about)
    event.add("url", shown.url)
    is_timed = isinstance(shown.moment.starts, datetime)
    event.add("transp", "OPAQUE" if is_timed else "TRANSPARENT")  # a day whose hour is open is not all taken
    return event


def _address(party: Party, parameters: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.address}")
    address.params["CN"] = one_line(party.name).replace('"', "'") or party.address
    for name, value in parameters.items():
        address.params[name] = value
    return address


def _text(calendar: Calendar) -> str:
    return calendar.to_ical().decode()


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody's calendar holds of a date: which state of it, and whether it was taken out."""

    digest: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Whom a date must be told: to put it in their calendar, anew or changed, or to take it out; and whether what
    calendars take must rise first."""

    put: Sequence[str]
    take_out: Sequence[str]
    rises: bool


def changes(wanted: Sequence[str], held: dict[str, Sent], digest_now: str, *, is_off: bool) -> Changes:
    """From who has it in their calendar to who should. Nobody has what is called off, and then its number has risen."""
    wanted = [] if is_off else wanted
    gone = [address for address, sent in held.items() if not sent.is_over and address not in wanted]
    again = [address for address in wanted if address in held and held[address].is_over]
    put = [
        address
        for address in wanted
        if address not in held or held[address].is_over or held[address].digest != digest_now
    ]
    return Changes(put, gone, rises=bool(again or (gone and not is_off)))


_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
}


def answer_of(partstat: str) -> Answer | None:
    """What an answer means; None: nothing yet, or it was handed to somebody else."""
    return _ANSWERS.get(partstat)


def moment_of(stamp: str, now: datetime) -> datetime:
    """When a calendar says that it answered; now, where it does not say, or says a moment that is still to come."""
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return now
    return min(at, now)


def counts(sequence: int, at: datetime, sent: int, last: Any) -> bool:
    """Does an answer count: to what was sent last, and not older than the one that was taken last?"""
    return sequence >= sent and (last is None or at >= last)
