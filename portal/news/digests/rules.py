"""What a digest says. Pure: no Flask, no database."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Entry(NamedTuple):
    """An e-mail that waits for a digest. `thread`: the reference of the request it is about."""

    id: int
    organisation_id: int | None
    thread: str | None
    subject: str
    url: str
    at: datetime


def grouped(entries: Iterable[Entry]) -> list[tuple[str | None, list[Entry]]]:
    """By request, the one of which something was said last first, and so inside; what is about none comes last."""
    groups: dict[str | None, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True):
        groups.setdefault(entry.thread, []).append(entry)
    return sorted(groups.items(), key=lambda group: group[0] is None)
