"""How long what tells about people is kept. Pure: the one table that jobs, pages and the command read.

Sources: the law of 6 January 1978 and the GDPR (article 5.1.e: no longer than needed) set no figure; the network chose
three years for requests and two for idle accounts. CNIL, recommendation 2021-122: logs for six to twelve months.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from portal.accounts import rules as accounts
from portal.applications import rules as applications
from portal.catalogue.blocked import rules as blocked
from portal.documents import rules as documents
from portal.journal import rules as journal
from portal.notifications import rules as notifications
from portal.refusals import Conflict
from portal.reminders import rules as reminders
from portal.requests import rules as requests
from portal.safety import rules as safety
from portal.teams import rules as teams
from portal.transfers import rules as transfers


class Kept(StrEnum):
    """Everything that retention ends, one rule each; see `rules.RULES`."""

    DORMANT_REQUESTS = "dormant_requests"
    REQUESTS = "requests"
    DRAFTS = "drafts"
    LOG_DRAFTS = "log_drafts"
    APPLICATIONS = "applications"
    APPLICATION_DRAFTS = "application_drafts"
    IDLE_ACCOUNTS = "idle_accounts"
    WARNED_ACCOUNTS = "warned_accounts"
    INVITATIONS = "invitations"
    JOURNAL = "journal"
    SESSIONS = "sessions"
    ATTEMPTS = "attempts"
    EMAIL_TEXTS = "email_texts"
    EMAILS = "emails"
    REMINDERS = "reminders"
    IMPORTS = "imports"
    DOCUMENTS = "documents"
    BLOCKED_DEMAND = "blocked_demand"
    NETWORK_WORK = "network_work"
    REGISTRATIONS = "registrations"


YEAR = timedelta(days=365)
NOTICE = timedelta(days=30)
"""Between being told and losing what was written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody leaves open work that a colleague can take over."""

    organisation_id: int
    membership_id: int
    name: str


class WorkToHandOver(Conflict):
    """Open work stays without anybody, where there are colleagues to take it."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(f"organisations {[place.organisation_id for place in places]}")
        self.places = places


class Source(StrEnum):
    """Why so long, and no longer."""

    NETWORK = "network"
    LOGS = "logs"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Rule:
    """`after`: how long, counted from the last activity, the sending or the attempt."""

    after: timedelta
    source: Source


RULES: Mapping[Kept, Rule] = MappingProxyType(
    {
        Kept.DORMANT_REQUESTS: Rule(3 * YEAR - NOTICE, Source.NETWORK),
        Kept.REQUESTS: Rule(3 * YEAR, Source.NETWORK),
        Kept.DRAFTS: Rule(requests.DRAFT_KEPT, Source.NEED),
        Kept.LOG_DRAFTS: Rule(requests.DRAFT_KEPT, Source.NEED),
        Kept.APPLICATIONS: Rule(3 * YEAR, Source.NETWORK),
        Kept.APPLICATION_DRAFTS: Rule(applications.DRAFT_KEPT, Source.NEED),
        Kept.IDLE_ACCOUNTS: Rule(accounts.IDLE_WARNED_AFTER, Source.NETWORK),
        Kept.WARNED_ACCOUNTS: Rule(accounts.IDLE_CLOSED_AFTER, Source.NETWORK),
        Kept.INVITATIONS: Rule(teams.INVITATIONS_KEPT, Source.NEED),
        Kept.JOURNAL: Rule(journal.KEPT, Source.LOGS),
        Kept.SESSIONS: Rule(safety.SESSIONS_KEPT, Source.LOGS),
        Kept.ATTEMPTS: Rule(accounts.LONGEST_WINDOW, Source.NEED),
        Kept.EMAIL_TEXTS: Rule(notifications.BODIES_KEPT, Source.NEED),
        Kept.EMAILS: Rule(notifications.ROWS_KEPT, Source.LOGS),
        Kept.REMINDERS: Rule(reminders.KEPT, Source.LOGS),
        Kept.IMPORTS: Rule(transfers.KEPT, Source.NEED),
        Kept.DOCUMENTS: Rule(documents.KEPT, Source.NEED),
        Kept.BLOCKED_DEMAND: Rule(blocked.KEPT, Source.NETWORK),
        Kept.NETWORK_WORK: Rule(3 * YEAR, Source.NETWORK),
        Kept.REGISTRATIONS: Rule(3 * YEAR, Source.NETWORK),
    }
)
