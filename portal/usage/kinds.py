"""Closed vocabularies of the usage figures."""

from enum import StrEnum


class Dimension(StrEnum):
    """What figures are broken down by."""

    MONTH = "month"
    SERVICE = "service"
    PARTNER = "partner"
    REGION = "region"
    STATE = "state"


class Unit(StrEnum):
    """What a figure counts; a share is between 0 and 1."""

    COUNT = "count"
    SUPPORT_DAYS = "support_days"
    WORKING_DAYS = "working_days"
    SHARE = "share"
