"""When people are reminded of a session. Pure: no Flask, no database."""

from datetime import date

from portal import clock


def is_due(on: date, place: str | None) -> bool:
    """On the last working day before, once people are at work where it takes place."""
    today = clock.today(place)
    return clock.at_work(place) and today < on <= clock.add_working_days(today, 1, place)
