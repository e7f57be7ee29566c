"""What the journal refuses to hold, how long it is kept, and how a list of it is narrowed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.journal.kinds import Act, Subject

KEPT = timedelta(days=365)
"""Logs are kept twelve months (CNIL, recommendation 2021-122)."""

_SECRET = re.compile(
    r"passw|passphrase|pwd|token|secret|totp|recovery|uniquifier|credential|private_?key|hash"
)


class SecretInJournal(ValueError):
    """Somebody was about to write a secret where many can read it for a year."""


def refuse_secrets(fields: Iterable[str]) -> None:
    """Raise SecretInJournal where the name of a field says that it holds a secret."""
    if secret := sorted(field for field in fields if _SECRET.search(field.lower())):
        raise SecretInJournal(f"say in the act that these changed, never their values: {secret}")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of entries is limited to; `subject_id` goes with `subject`, days are both included."""

    text: str = ""
    act: Act | None = None
    subject: Subject | None = None
    subject_id: int | None = None
    actor_id: int | None = None
    first: date | None = None
    last: date | None = None
