"""When people are reminded of a session. Pure: no Flask, no database."""

from datetime import date

from portal import clock


def is_due(on: date, place: str | None) -> bool:
    """From the last working day before, by the clocks of where it takes place."""
    today = clock.today(place)
    return today < on <= clock.add_working_days(today, 1, place)
