"""What the journal keeps."""

from enum import StrEnum


class Subject(StrEnum):
    """What an entry is about."""

    PERSON = "person"
    MEMBERSHIP = "membership"
    INVITATION = "invitation"
    ORGANISATION = "organisation"
    APPLICATION = "application"
    TRANSFER = "transfer"


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
    DECIDED = "decided"
    IMPORTED = "imported"
    EXPORTED = "exported"
    ANONYMISED = "anonymised"
