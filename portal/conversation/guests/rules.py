"""How long somebody without an account may take part in one conversation, and how many of them. Pure."""

from datetime import date, timedelta

LONGEST_STAY = timedelta(days=90)
MOST = 5
"""Guests of one request at once."""
ADDRESS_KEPT = timedelta(days=30)
"""How long the address of a guest is kept after the end."""
NAME, ROLE = 120, 120


def is_too_far(until: date, today: date) -> bool:
    """A guest comes for a while: from today, for 90 days at most."""
    return not today <= until <= today + LONGEST_STAY
