"""Remind people of the sessions of a day, once."""

from collections.abc import Sequence
from datetime import date

from portal import clock
from portal.sessions.tomorrow import emails, queries


def remind(days: Sequence[date]) -> int:
    """Who has a seat on these days, and who registered people; of how many days."""
    done = 0
    for day in days:
        sessions = queries.locked(day)
        for each in sessions:
            each.reminded_on = clock.today(each.department_code)
        emails.tell_all(sessions, queries.seated([each.id for each in sessions]))
        done += bool(sessions)
    return done
