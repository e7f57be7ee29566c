"""What each rule of retention does: how much it would end today, and ending it, a bounded part at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts import throttle
from portal.applications import personal as applications
from portal.applications import retention as application_ends
from portal.interventions import personal as interventions
from portal.journal import personal as journal_entries
from portal.journal import service as journal
from portal.notifications import outbox
from portal.notifications.worker import Job, Progress
from portal.personal_data import service as people
from portal.personal_data.kinds import Kept
from portal.personal_data.rules import NOTICE, RULES
from portal.requests import personal as requests
from portal.safety import personal as safety
from portal.safety import sessions
from portal.teams import invitations
from portal.teams import personal as teams
from portal.teams import service as team
from portal.transfers import personal as transfers
from portal.transfers import service as transfer

BATCH = 200
"""Rows that one transaction changes at most, so that no page waits long for it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`count`: how many things are due; `apply`: end at most so many of them, and return how many were."""

    count: Callable[[], int]
    apply: Callable[[int], int]


def _before(kept: Kept) -> datetime:
    return clock.days_ago(RULES[kept].after)


def _anonymise_requests(most: int) -> int:
    ids = requests.take_old(_before(Kept.REQUESTS), clock.days_ago(NOTICE), most)
    interventions.anonymise(ids)
    requests.anonymise(ids)
    return len(ids)


def _close_idle_accounts(most: int) -> int:
    """Close them, and remove the names of all that are closed, whoever closed them."""
    return max(team.close_idle(clock.today(), most), people.forget_closed(most))


def _day_before(kept: Kept) -> date:
    return clock.today() - RULES[kept].after


def _every(purge: Callable[[], int | None]) -> Callable[[int], int]:
    """What ends all that is due at once: little where it runs every day."""
    return lambda _most: purge() or 0


DUTIES: Mapping[Kept, Duty] = {
    Kept.DORMANT_REQUESTS: Duty(
        lambda: requests.count_dormant(_before(Kept.DORMANT_REQUESTS)),
        lambda most: requests.close_dormant(_before(Kept.DORMANT_REQUESTS), most),
    ),
    Kept.REQUESTS: Duty(
        lambda: requests.count_old(_before(Kept.REQUESTS), clock.days_ago(NOTICE)), _anonymise_requests
    ),
    Kept.DRAFTS: Duty(
        lambda: requests.count_abandoned(_before(Kept.DRAFTS)),
        lambda most: requests.discard_abandoned(_before(Kept.DRAFTS), most),
    ),
    Kept.APPLICATIONS: Duty(
        lambda: applications.count_old(_day_before(Kept.APPLICATIONS)),
        lambda most: application_ends.anonymise_before(_day_before(Kept.APPLICATIONS), most),
    ),
    Kept.APPLICATION_DRAFTS: Duty(
        applications.count_old_drafts, _every(lambda: application_ends.purge_drafts(clock.today()))
    ),
    Kept.IDLE_ACCOUNTS: Duty(
        lambda: len(accounts.idle_to_warn(clock.today())), lambda most: team.warn_idle(clock.today(), most)
    ),
    Kept.WARNED_ACCOUNTS: Duty(
        lambda: len(accounts.idle_to_close(clock.today())) + people.count_closed(), _close_idle_accounts
    ),
    Kept.INVITATIONS: Duty(teams.count_old_invitations, _every(lambda: invitations.purge(clock.today()))),
    Kept.JOURNAL: Duty(journal_entries.count_old, _every(lambda: journal.purge(clock.today()))),
    Kept.SESSIONS: Duty(safety.count_old_sessions, _every(sessions.purge)),
    Kept.IMPORTS: Duty(transfers.count_old, _every(lambda: transfer.purge(clock.today()))),
    Kept.EMAIL_TEXTS: Duty(outbox.count_old_texts, _every(outbox.forget_texts)),
    Kept.EMAILS: Duty(outbox.count_old_rows, _every(outbox.forget_rows)),
    Kept.ATTEMPTS: Duty(throttle.count_old, _every(throttle.purge)),
}


def end_due(kept: Kept, _day: date) -> Progress | None:
    """Daily job of one rule: a part now, the rest at the next rounds."""
    return Progress.MORE if DUTIES[kept].apply(BATCH) >= BATCH else None


DAILY: tuple[Job, ...] = tuple(partial(end_due, kept) for kept in DUTIES)
