"""When a session is, and what of it cannot be. Pure: no Flask, no database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from portal import clock
from portal.interventions.rules import FURTHEST
from portal.interventions.steps import Place
from portal.refusals import Conflict

MOST_SEATS = 500


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is said of a session, named as the columns."""

    title: str
    service_id: int
    on: date
    starts_at: time
    minutes: int
    place_kind: Place
    place: str | None
    department_code: str | None
    link: str | None
    seats: int
    closes_on: date
    audience: str
    about: str


class HasBegun(Conflict):
    """A session that has begun is changed no more."""


class NotBegun(Conflict):
    """Nobody says yet who came."""


class Wrong(StrEnum):
    """What of a session cannot be."""

    PAST = "past"
    TOO_FAR = "too far"
    CLOSES_AFTER = "closes after"
    NOWHERE = "nowhere"


def starts(on: date, starts_at: time, place: str | None) -> datetime:
    """When a session begins, by the clocks of where it takes place."""
    return datetime.combine(on, starts_at, clock.zone_of(place)).astimezone(UTC)


def what_is_wrong(facts: SessionFacts, now: datetime) -> Wrong | None:
    """A session is to come, in a place that is known if people must travel there, and nobody registers once it is
    over."""
    begins = starts(facts.on, facts.starts_at, facts.department_code)
    if begins <= now:
        return Wrong.PAST
    if begins > now + FURTHEST:
        return Wrong.TOO_FAR
    if facts.closes_on > facts.on:
        return Wrong.CLOSES_AFTER
    if facts.place_kind is Place.ON_SITE and not facts.place:
        return Wrong.NOWHERE
    return None


def usual_closing(on: date) -> date:
    """The last day to register, where nothing is said: the day before."""
    return on - timedelta(days=1)
