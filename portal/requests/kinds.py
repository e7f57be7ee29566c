"""Closed vocabularies of what a request says."""

from enum import StrEnum


class Mode(StrEnum):
    """Where the pole would like it, and where an intervention took place."""

    ON_SITE = "on_site"
    REMOTE = "remote"
    EITHER = "either"


class ContactPreference(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    EITHER = "either"
