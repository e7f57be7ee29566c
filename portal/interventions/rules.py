"""Which days an intervention can have. Pure: no Flask, no database."""

from datetime import date, timedelta
from enum import StrEnum

FURTHEST = timedelta(days=2 * 365)


class WrongDay(StrEnum):
    """What is wrong with the day of an intervention."""

    PAST = "past"
    TO_COME = "to come"
    TOO_FAR = "too far"
    TOO_OLD = "too old"
    BEFORE_THE_REQUEST = "before the request"


def wrong_day(on: date, *, done: bool, today: date, sent_on: date) -> WrongDay | None:
    """What is planned is today or later, what is done today or before; nothing comes before its request was sent."""
    if on < sent_on:
        return WrongDay.BEFORE_THE_REQUEST
    if done:
        return WrongDay.TO_COME if on > today else WrongDay.TOO_OLD if on < today - FURTHEST else None
    return WrongDay.PAST if on < today else WrongDay.TOO_FAR if on > today + FURTHEST else None
