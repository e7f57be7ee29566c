"""How long tests wait for what is sure to come: as long as the busiest machine needs; only a fault waits so long."""

import time
from collections.abc import Callable

LONGEST = 120
"""In seconds."""


def until(condition: Callable[[], object], otherwise: str) -> None:
    """Wait for a condition; `otherwise`: what is said where it never comes."""
    end = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
