"""How many dates are proposed at once, and which have gone by. Pure: no Flask, no database."""

from collections.abc import Mapping
from datetime import date, time

MOST_DATES = 3
LONGEST_WORD = 1000
WORKING_DAYS_BEFORE_A_REMINDER = 2
WORKING_DAYS_BEFORE_THE_PARTNER_CALLS = 5

Moment = tuple[date, time]
"""A day and an hour by the clocks of a place."""


def repeated(dates: Mapping[int, Moment]) -> int | None:
    """The number of a date that stands twice; None: each stands once."""
    first = {moment: number for number, moment in reversed([*dates.items()])}
    return next((number for number, moment in dates.items() if first[moment] != number), None)
