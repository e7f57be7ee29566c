"""How often one may try to sign in. Pure: no Flask, no database.

Five failures on an account or an address are free; each one more doubles the wait, up to a block of a quarter of an
hour. Time passes by itself: failures older than the window no longer count. (CNIL recommendation 2022-100 on
passwords: restrict access after failed attempts.)
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=15)
BLOCK = timedelta(minutes=15)
SHORTEST_PASSPHRASE = 12


def wait_until(failures: Sequence[datetime]) -> datetime | None:
    """When the next attempt is allowed after these failures (oldest first, all within the window), or None: now."""
    extra = len(failures) - FREE_FAILURES
    if extra < 0:
        return None
    wait: timedelta = min(FIRST_WAIT * 2**extra, BLOCK)
    return failures[-1] + wait
