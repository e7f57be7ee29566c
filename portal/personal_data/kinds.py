"""What is kept for a time."""

from enum import StrEnum


class Kept(StrEnum):
    """Everything that retention ends, one rule each; see `rules.RULES`."""

    DORMANT_REQUESTS = "dormant_requests"
    REQUESTS = "requests"
    DRAFTS = "drafts"
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
    IMPORTS = "imports"
