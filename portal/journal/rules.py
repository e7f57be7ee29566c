"""What the journal refuses to hold, how long it is kept, and how a list of it is narrowed."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Subject(StrEnum):
    """What an entry is about."""

    PERSON = "person"
    MEMBERSHIP = "membership"
    INVITATION = "invitation"
    ORGANISATION = "organisation"
    APPLICATION = "application"
    TRANSFER = "transfer"
    SETTING = "setting"
    SERVICE = "service"


class Act(StrEnum):
    """What happened; `journal/words.py` says it in words."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    CLOSED = "closed"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_REVOKED = "invitation_revoked"
    ROLE_CHANGED = "role_changed"
    JOINED = "joined"
    LEFT = "left"
    MEMBERS_REVIEWED = "members_reviewed"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (the name of an act)
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    VIEWED_AS = "viewed_as"
    VIEWING_ENDED = "viewing_ended"
    DECIDED = "decided"
    IMPORTED = "imported"
    EXPORTED = "exported"
    ANONYMISED = "anonymised"


@dataclass(frozen=True, slots=True)
class Page:
    """Where a feature shows what entries are about: an endpoint and the name of its argument.

    `related`: what else belongs to its history, as the numbers of other subjects; for an organisation, its memberships.
    """

    endpoint: str
    argument: str
    related: Callable[[int], Mapping[Subject, Collection[int]]]


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
