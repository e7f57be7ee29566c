"""Whether the portal is well: what makes it unusable, what somebody should look at, and what is known of each part."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from portal import clock, db, schema
from portal.files import queries as files
from portal.files.scan import service as scan
from portal.files.storage import service as storage
from portal.notifications import queries as notifications
from portal.notifications.rules import SILENT

FAILURES = ("database", "schema", "writing")
WARNINGS = ("files", "disk", "mail_away", "mail_late", "mail_given_up", "worker", "scanner")
LITTLE_ROOM = 500
"""Megabytes free for documents below which somebody should look."""


@dataclass(frozen=True, slots=True)
class Health:
    """`failures`: why nobody can work. `warnings`: what needs somebody. `details`: what is known of each part."""

    failures: list[str]
    warnings: list[str]
    details: dict[str, Any]


class _Written:
    """When this process last saw something written: writing at each question would be too much."""

    at = float("-inf")


def health() -> Health:
    """Asks the database; what it raises says that it is away."""
    stored, wanted = schema.versions()
    details: dict[str, Any] = {"schema": {"found": sorted(stored), "wanted": sorted(wanted)}}
    if stored != wanted:
        return Health(["schema"], [], details)
    failures = [] if _writes() else ["writing"]
    warnings: list[str] = []
    parts: list[tuple[str, Callable[[], tuple[Any, list[str]]]]]
    parts = [("files", _files), ("mail", _mail), ("workers", _workers)]
    parts += [("scanner", _scanner)] if scan.is_on() else []
    for name, part in parts:
        details[name], wrong = part()
        warnings += wrong
    return Health(failures, warnings, details)


def _writes() -> bool:
    remembered: float = current_app.config["HEALTH_REMEMBERED_SECONDS"]
    if time.monotonic() - _Written.at < remembered:
        return True
    if not db.can_write():
        return False
    _Written.at = time.monotonic()
    return True


def _files() -> tuple[dict[str, Any], list[str]]:
    place = storage.place()
    writable, free = place.is_well(), place.free_megabytes()
    full = free is not None and free < LITTLE_ROOM
    wrong = [name for name, bad in (("files", not writable), ("disk", full)) if bad]
    return {"writable": writable, "free_megabytes": free}, wrong


def _scanner() -> tuple[dict[str, Any], list[str]]:
    answers = scan.answers()
    waiting, too_long = files.waiting_for_the_scanner()
    well = answers and not too_long
    return {"answers": answers, "waiting": waiting}, [] if well else ["scanner"]


def _mail() -> tuple[dict[str, Any], list[str]]:
    late, given_up = notifications.troubled()
    since = [worker.mail_away_since for worker in notifications.workers() if worker.mail_away_since]
    away = _seconds_since(min(since)) if since else None
    troubles = (("mail_away", away is not None), ("mail_late", late > 0), ("mail_given_up", given_up > 0))
    return {"late": late, "given_up_today": given_up, "away_seconds": away}, [
        name for name, bad in troubles if bad
    ]


def _workers() -> tuple[list[dict[str, Any]], list[str]]:
    silent = {worker.name: _seconds_since(worker.seen_at) for worker in notifications.workers()}
    well = bool(silent) and max(silent.values()) <= SILENT.total_seconds()
    seen = [{"name": name, "silent_seconds": seconds} for name, seconds in silent.items()]
    return seen, [] if well else ["worker"]


def _seconds_since(moment: Any) -> int:
    return round((clock.now() - moment).total_seconds())
