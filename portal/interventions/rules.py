"""Which days an intervention can have, and until when it is corrected. Pure: no Flask, no database."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal import clock
from portal.interventions.steps import Place
from portal.organisations.rules import address_flaw

FURTHEST = timedelta(days=2 * 365)
IN_TIME = timedelta(days=30)
"""So long after its day, what was done is noted in time."""
CORRECTED_WITHIN = timedelta(days=30)
"""So long after it was noted, who noted it corrects it."""
BEFORE_ITS_REQUEST = timedelta(days=183)
"""So long before a request was sent, its partner may have begun."""


class WrongDay(StrEnum):
    """What is wrong with the day of an intervention."""

    PAST = "past"
    TO_COME = "to come"
    TOO_FAR = "too far"
    HOUR_PAST = "hour past"
    HOUR_TO_COME = "hour to come"
    BEFORE_THE_REQUEST = "before the request"


def wrong_day(on: date, *, done: bool, today: date, sent_on: date) -> WrongDay | None:
    """What is planned is today or later, and after its request was sent; what is done is today or before, however long
    ago: also before its request was sent, but not so long before that the year must be mistyped."""
    if on < (sent_on - BEFORE_ITS_REQUEST if done else sent_on):
        return WrongDay.BEFORE_THE_REQUEST
    if done:
        return WrongDay.TO_COME if on > today else None
    return WrongDay.PAST if on < today else WrongDay.TOO_FAR if on > today + FURTHEST else None


def has_begun(on: date, starts_at: time, place: str | None) -> bool:
    """Has the hour of a date come, by the clocks of its place?"""
    return datetime.combine(on, starts_at, clock.zone_of(place)) <= clock.now()


def has_come(on: date, starts_at: time | None, place: str | None) -> bool:
    """Can what became of a date be known? Without an hour, from its day on."""
    return on <= clock.today(place) if starts_at is None else has_begun(on, starts_at, place)


def has_passed(on: date, starts_at: time | None, place: str | None) -> bool:
    """Is it time to write down what became of a date? Without an hour, once its day is over."""
    return clock.is_over(on, place) if starts_at is None else has_begun(on, starts_at, place)


def wrong_hour(on: date, starts_at: time | None, *, done: bool, place: str | None) -> WrongDay | None:
    """Of a day that may be: what is planned has not begun, and what is done has."""
    if starts_at is None or has_begun(on, starts_at, place) is done:
        return None
    return WrongDay.HOUR_TO_COME if done else WrongDay.HOUR_PAST


def is_link(place_kind: Place, place: str | None) -> bool:
    """Is the place of an intervention a page to open? Only a remote one has such a place."""
    secure = place is not None and place.startswith("https://")
    return place_kind is Place.REMOTE and secure and address_flaw(place or "") is None


def wrong_link(place_kind: Place, place: str | None, *, done: bool) -> bool:
    """What is planned remotely has a link that opens, or none yet; what took place is told as it was."""
    return place_kind is Place.REMOTE and bool(place) and not done and not is_link(place_kind, place)


def is_late(on: date, told_on: date) -> bool:
    """Was what was done noted late?"""
    return told_on > on + IN_TIME


class Flag(StrEnum):
    """What those who read of what was done should know."""

    WITH_CHANGES = "with_changes"
    BEFORE_THE_REQUEST = "before_the_request"
    LATE = "late"
    BEYOND_POLE = "beyond_pole"
    BEYOND_PARTNER = "beyond_partner"
    AFTER_THE_END = "after_the_end"


class Noted(NamedTuple):
    """What flags are derived from, of one that is done; days by the clocks of its pole."""

    on: date
    told_on: date | None
    sent_on: date
    ended_on: date | None
    as_planned: bool | None
    beyond_pole: bool
    beyond_partner: bool


def flags(noted: Noted) -> list[Flag]:
    """How it differs from what was planned, how late it was noted, and what it goes beyond, in this order."""
    holds = {
        Flag.WITH_CHANGES: noted.as_planned is False,
        Flag.BEFORE_THE_REQUEST: noted.on < noted.sent_on,
        Flag.LATE: noted.told_on is not None and is_late(noted.on, noted.told_on),
        Flag.BEYOND_POLE: noted.beyond_pole,
        Flag.BEYOND_PARTNER: noted.beyond_partner,
        Flag.AFTER_THE_END: noted.ended_on is not None and noted.on > noted.ended_on,
    }
    return [flag for flag, is_so in holds.items() if is_so]


def is_open(noted_on: date, today: date) -> bool:
    """May who noted it still correct it?"""
    return today <= noted_on + CORRECTED_WITHIN
