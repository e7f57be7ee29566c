"""Remind people of the sessions of a day, each once."""

from collections.abc import Sequence
from datetime import date

from portal.db import one_at_a_time
from portal.sessions.tomorrow import emails, queries, rules


def remind(keys: Sequence[str]) -> int:
    """Some addresses, each of a day; how many had something to hear."""
    done = 0
    for each in keys:
        typed, _space, address = each.partition(" ")
        day = date.fromisoformat(typed)
        key = rules.key(day, address)
        one_at_a_time(key)
        told = None if queries.was_told(key) else queries.of_day(day).get(address)
        if told:
            emails.write(address, told, key)
            done += 1
    return done
