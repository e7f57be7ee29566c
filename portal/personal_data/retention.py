"""What each rule of retention does: how much it would end today, and ending it, a bounded part at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from portal import clock
from portal.accounts import throttle
from portal.interventions import personal as interventions
from portal.notifications import outbox
from portal.notifications.worker import Job, Progress
from portal.personal_data.kinds import Kept
from portal.personal_data.rules import NOTICE, RULES
from portal.requests import personal as requests

BATCH = 200
"""Rows that one transaction changes at most, so that no page waits long for it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`count`: how many things are due; `apply`: end at most so many of them, and return how many were."""

    count: Callable[[], int]
    apply: Callable[[int], int]


def _before(kept: Kept) -> datetime:
    return clock.now() - RULES[kept].after


def _anonymise_requests(most: int) -> int:
    ids = requests.take_old(_before(Kept.REQUESTS), clock.now() - NOTICE, most)
    interventions.anonymise(ids)
    requests.anonymise(ids)
    return len(ids)


def _every(purge: Callable[[], int]) -> Callable[[int], int]:
    """A statement that ends all that is due at once: small where it runs every day."""
    return lambda _most: purge()


DUTIES: Mapping[Kept, Duty] = {
    Kept.DORMANT_REQUESTS: Duty(
        lambda: requests.count_dormant(_before(Kept.DORMANT_REQUESTS)),
        lambda most: requests.close_dormant(_before(Kept.DORMANT_REQUESTS), most),
    ),
    Kept.REQUESTS: Duty(
        lambda: requests.count_old(_before(Kept.REQUESTS), clock.now() - NOTICE), _anonymise_requests
    ),
    Kept.DRAFTS: Duty(
        lambda: requests.count_abandoned(_before(Kept.DRAFTS)),
        lambda most: requests.discard_abandoned(_before(Kept.DRAFTS), most),
    ),
    Kept.EMAIL_TEXTS: Duty(outbox.count_old_texts, _every(outbox.forget_texts)),
    Kept.EMAILS: Duty(outbox.count_old_rows, _every(outbox.forget_rows)),
    Kept.ATTEMPTS: Duty(throttle.count_old, _every(throttle.purge)),
}


def end_due(kept: Kept, _day: date) -> Progress | None:
    """Daily job of one rule: a part now, the rest at the next rounds."""
    return Progress.MORE if DUTIES[kept].apply(BATCH) >= BATCH else None


DAILY: tuple[Job, ...] = tuple(partial(end_due, kept) for kept in DUTIES)
