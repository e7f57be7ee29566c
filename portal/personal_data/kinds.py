"""What is kept for a time."""

from enum import StrEnum


class Kept(StrEnum):
    """Everything that retention ends, one rule each; see `rules.RULES`."""

    DORMANT_REQUESTS = "dormant_requests"
    REQUESTS = "requests"
    DRAFTS = "drafts"
    EMAIL_TEXTS = "email_texts"
    EMAILS = "emails"
    ATTEMPTS = "attempts"
