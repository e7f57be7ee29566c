"""When e-mails of a topic reach somebody, and when they are left in peace. Pure: no Flask, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from portal import clock
from portal.access.roles import Role

DIGEST_HOUR = 8
DIGEST_HOURS = range(clock.OFFICE_OPENS.hour, clock.OFFICE_CLOSES.hour)
"""When a digest may come: what no person wrote arrives while people are at work."""
HOURS = range(24)
_FRIDAY = 4


class Rhythm(StrEnum):
    """How soon. `NEVER`: it stands in the portal alone."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


DIGESTS = "digest"
"""The topic of digests, which nobody chooses for an organisation: it comes of choices."""
GATHERED = frozenset({Rhythm.DAILY, Rhythm.WEEKLY})


@dataclass(frozen=True, slots=True)
class Topic:
    """What some kinds of e-mail are about, as people choose them. `roles`: whom it tells; nobody of these chooses it
    where it is empty. `required`: why it cannot be switched off, in words. `at_any_hour`: quiet hours do not keep it.
    `is_news`: it is also shown in the portal."""

    name: str
    label: Any
    explains: Any
    roles: Collection[Role]
    kinds: Collection[str]
    required: Any = None
    at_any_hour: bool = False
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of somebody, by the clocks of a place: of their digests, and the quiet ones, from one to another."""

    digest: int = DIGEST_HOUR
    quiet_from: int | None = None
    quiet_until: int | None = None
    place: str | None = None

    def after_quiet(self, moment: datetime) -> datetime:
        """The moment, or the end of the quiet hours it falls in."""
        if self.quiet_from is None or self.quiet_until is None:
            return moment
        here = clock.local(moment, self.place)
        since, until = self.quiet_from, self.quiet_until
        over_midnight = since > until
        quiet = here.hour >= since or here.hour < until if over_midnight else since <= here.hour < until
        if not quiet:
            return moment
        day = here.date() + timedelta(days=1) if over_midnight and here.hour >= since else here.date()
        return datetime.combine(day, time(until), here.tzinfo).astimezone(moment.tzinfo)

    def next_digest(self, rhythm: Rhythm, after: datetime) -> datetime:
        """When the next digest comes: on a working day, the first of a week for one a week."""
        here = clock.local(after, self.place)
        day = here.date()
        if here.time() >= time(self.digest):
            day += timedelta(days=1)
        if rhythm is Rhythm.WEEKLY and not self._begins_a_week(day):
            day += timedelta(days=7 - day.weekday())
        while not clock.is_working_day(day, self.place):
            day += timedelta(days=1)
        return datetime.combine(day, time(self.digest), here.tzinfo).astimezone(after.tzinfo)

    def _begins_a_week(self, day: Any) -> bool:
        """Is it Monday, or a day before the first working day of its week?"""
        days = (day - timedelta(days=back) for back in range(1, day.weekday() + 1))
        return day.weekday() <= _FRIDAY and not any(clock.is_working_day(day, self.place) for day in days)
