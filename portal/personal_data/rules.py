"""How long what tells about people is kept. Pure: the one table that jobs, pages and the command read.

Sources: the law of 6 January 1978 and the GDPR (article 5.1.e: no longer than needed) set no figure; the network chose
three years for requests and two for idle accounts. CNIL, recommendation 2021-122: logs for six to twelve months.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from portal.accounts.rules import LONGEST_WINDOW
from portal.notifications.rules import BODIES_KEPT, ROWS_KEPT
from portal.personal_data.kinds import Kept

YEAR = timedelta(days=365)
NOTICE = timedelta(days=30)
"""Between being told and losing what was written."""


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
        Kept.DRAFTS: Rule(3 * YEAR, Source.NETWORK),
        Kept.EMAIL_TEXTS: Rule(BODIES_KEPT, Source.NEED),
        Kept.EMAILS: Rule(ROWS_KEPT, Source.LOGS),
        Kept.ATTEMPTS: Rule(LONGEST_WINDOW, Source.NEED),
    }
)
