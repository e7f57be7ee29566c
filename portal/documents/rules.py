"""Who sends documents, how many, and for how long they wait."""

from dataclasses import dataclass
from datetime import timedelta

MOST_AT_ONCE = 5
MOST_ON_ONE = 20
"""On one request, one message, one of anything."""
KEPT = timedelta(days=1)
"""What came with a form that was refused, for whoever sent it to correct the form."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends documents: a person, or somebody without an account whom a conversation knows by number."""

    person_id: int | None = None
    guest_id: int | None = None
