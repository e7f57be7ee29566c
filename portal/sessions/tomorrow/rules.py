"""When people are reminded of a session, and of what they were. Pure: no Flask, no database."""

import hashlib
from datetime import date

from portal import clock


def is_due(on: date, place: str | None) -> bool:
    """From the last working day before, by the clocks of where it takes place."""
    today = clock.today(place)
    return today < on <= clock.add_working_days(today, 1, place)


def key(day: date, address: str) -> str:
    """One e-mail to an address about a day."""
    return f"{prefix(day)}{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def prefix(day: date) -> str:
    """With which the keys of a day begin."""
    return f"sessions:{day.isoformat()}:"
