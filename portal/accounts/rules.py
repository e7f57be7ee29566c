"""How often one may try to sign in or ask for a link, and what passes for a passphrase.

Sources: CNIL recommendation 2022-100 on passwords (50 bits and restricted access: a wait that grows after failures,
at least a minute after five, at most 25 attempts in 24 hours; no composition rule, no renewal); NIST SP 800-63B
(refuse what is commonly used or made of the person's own name).
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from portal.access.roles import PARTNER_ROLES, POLE_ROLES, Role
from portal.organisations.rules import OrganisationKind
from portal.refusals import Conflict
from portal.text import plain_address, search_key

ROLES_OF: Mapping[OrganisationKind, frozenset[Role]] = MappingProxyType(
    {
        OrganisationKind.POLE: POLE_ROLES,
        OrganisationKind.PARTNER: PARTNER_ROLES,
        OrganisationKind.REGIONAL_CELL: frozenset({Role.REGIONAL_ADMIN}),
        OrganisationKind.NATIONAL_CELL: frozenset({Role.NATIONAL_ADMIN}),
        OrganisationKind.FUNDER: frozenset({Role.OBSERVER}),
    }
)


SHORTEST_PASSPHRASE = 12
COMFORTABLE_PASSPHRASE = 20
LONGEST_PASSPHRASE = 200
FEWEST_DIFFERENT = 5
FEWEST_UNEXPECTED = 6
OBVIOUS = (
    *(
        "motdepasse",
        "password",
        "passe",
        "azertyuiop",
        "azerty",
        "qwertyuiop",
        "qwerty",
        "bonjour",
        "bienvenue",
    ),
    *("welcome", "soleil", "doudou", "loulou", "admin", "letmein", "iloveyou", "jetaime", "ptce", "portail"),
    *("0123456789", "1234567890", "123456789", "12345678", "1234567", "123456", "12345", "1234", "123", "12"),
    *("abcdef", "abc"),
)
"""What anybody tries first, the longest of a family before the others."""
_COMMON = re.compile("|".join((*OBVIOUS, r"(?:19|20)\d\d")))


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` attempts without a wait, then a wait that doubles from `first_wait` to `longest_wait`; at most `most`
    within `window`, after which none counts."""

    window: timedelta
    free: int
    first_wait: timedelta
    longest_wait: timedelta
    most: int


@dataclass(frozen=True, slots=True)
class Held:
    """Too many attempts: when the next one counts. `network`: of everybody behind one network address."""

    until: datetime
    network: bool


ACCOUNT = Limit(timedelta(hours=24), 5, timedelta(minutes=1), timedelta(hours=1), 25)
NETWORK = Limit(timedelta(minutes=15), 100, timedelta(0), timedelta(0), 100)
CODES_A_DAY = Limit(timedelta(hours=24), 50, timedelta(0), timedelta(0), 50)
LINKS_OF_ACCOUNT = Limit(timedelta(hours=1), 3, timedelta(0), timedelta(0), 3)
LINKS_OF_NETWORK = Limit(timedelta(hours=1), 60, timedelta(0), timedelta(0), 60)
INVITATION_SENDS = Limit(timedelta(hours=24), 3, timedelta(0), timedelta(0), 3)
DOCUMENTS_ADDED = Limit(timedelta(hours=24), 30, timedelta(0), timedelta(0), 30)
DOCUMENTS_SENT = Limit(timedelta(hours=24), 100, timedelta(0), timedelta(0), 100)
GUEST_DOCUMENTS = Limit(timedelta(hours=24), 30, timedelta(0), timedelta(0), 30)
GUEST_MESSAGES = Limit(timedelta(hours=24), 30, timedelta(0), timedelta(0), 30)
ASKED_AGAIN = Limit(timedelta(hours=24), 1, timedelta(0), timedelta(0), 1)
ANSWERS_BY_EMAIL = Limit(timedelta(hours=1), 20, timedelta(0), timedelta(0), 20)
SESSION_CODES = Limit(timedelta(hours=1), 10, timedelta(0), timedelta(0), 10)
STRANGERS_TOLD = Limit(timedelta(hours=1), 30, timedelta(0), timedelta(0), 30)
LONGEST_WINDOW = max(limit.window for limit in (ACCOUNT, NETWORK, LINKS_OF_ACCOUNT, LINKS_OF_NETWORK))
WRITTEN_TO = Limit(timedelta(hours=24), 10, timedelta(0), timedelta(0), 10)
"""E-mails to one address that others typed, whoever they are: nobody is flooded through the portal."""
INVITATION_LASTS = timedelta(days=7)
SEEN_EVERY = timedelta(hours=20)  # so that who comes every morning is noted every morning
IDLE_WARNED_AFTER = timedelta(days=731)  # two years
IDLE_CLOSED_AFTER = timedelta(days=30)


class LastHead(Conflict):
    """The last person who answers for an organisation cannot go, nor lose that role."""

    def __init__(self, organisation_id: int) -> None:
        super().__init__(f"organisation {organisation_id}")
        self.organisation_id = organisation_id


def new_token() -> str:
    """A secret for a link: 32 random bytes."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a secret that no one can guess: enough to know it again, not to make it again."""
    return hashlib.sha256(token.encode()).hexdigest()


def wait_until(attempts: Sequence[datetime], limit: Limit, now: datetime) -> datetime | None:
    """When the next attempt is allowed after these (oldest first), or None: now."""
    counted = [moment for moment in attempts if moment > now - limit.window]
    if len(counted) < limit.free:
        return None
    if len(counted) >= limit.most:
        return counted[-limit.most] + limit.window
    doublings = min(len(counted) - limit.free, 20)
    wait: timedelta = min(limit.first_wait * 2**doublings, limit.longest_wait)
    until = counted[-1] + wait
    return until if until > now else None


def canonical_email(typed: str) -> str:
    """An address as it is stored, searched and counted."""
    return plain_address(typed)


def is_easy_to_guess(passphrase: str, own_words: Iterable[str]) -> bool:
    """Is little left of the passphrase without what anybody would try first: common roots, one's name and address?"""
    letters = search_key(passphrase).replace(" ", "")
    own = {search_key(word).replace(" ", "") for text in own_words for word in re.split(r"[@.\s_-]+", text)}
    for word in sorted((word for word in own if len(word) > 2), key=len, reverse=True):
        letters = letters.replace(word, "")
    signs = {sign for sign in passphrase if not sign.isalnum() and not sign.isspace()}
    unexpected = len(_COMMON.sub("", letters)) + len(signs)
    return len(set(passphrase)) < FEWEST_DIFFERENT or unexpected < FEWEST_UNEXPECTED


_LOOKS_LIKE = str.maketrans("013457@$!€", "oieastasie")


def is_made_of_common(passphrase: str, is_common: Callable[[str], bool]) -> bool:
    """Is it one common password, one repeated, or two side by side, digits and signs around them left out?

    Three and more are a passphrase of their own: their order is hard to guess.
    """
    plain = passphrase.lower().translate(_LOOKS_LIKE)
    for written in (passphrase.lower(), plain):
        letters = search_key(written).replace(" ", "")
        for core in {letters, letters.strip("0123456789")}:
            if _is_common_once_or_twice(core, is_common):
                return True
    return False


def _is_common_once_or_twice(letters: str, is_common: Callable[[str], bool]) -> bool:
    repeated = re.fullmatch(r"(.{4,}?)\1+", letters)
    if is_common(letters) or (repeated and is_common(repeated.group(1))):
        return True
    cuts = range(4, len(letters) - 3)
    return any(is_common(letters[:cut]) and is_common(letters[cut:]) for cut in cuts)
