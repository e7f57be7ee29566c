"""When people are asked in the evening what became of their day. Pure: no Flask, no database."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from portal import clock

EVENING = time(17)
"""Before offices close: after that, what leaves by itself waits for the next working day."""


def evenings(now: datetime) -> Sequence[tuple[str | None, date]]:
    """Each place, None for all others, with the last day whose evening has come there: who was not asked then, since
    nothing worked, is asked in the morning."""
    here = [(place, clock.local(now, place)) for place in (None, *clock.OVERSEAS)]
    return [
        (place, local.date() if local.time() >= EVENING else local.date() - timedelta(days=1))
        for place, local in here
    ]


def asked_on(on: date, starts_at: time | None) -> date:
    """In the evening of which day one is asked about a date: its own, unless it was in the evening."""
    return on + timedelta(days=1) if starts_at is not None and starts_at >= EVENING else on


def key(person_id: int, day: date) -> str:
    """One e-mail for one evening of somebody."""
    return f"evening:{person_id}:{day.isoformat()}"
