"""Closed vocabularies of people."""

from enum import StrEnum


class State(StrEnum):
    """How an account stands."""

    ACTIVE = "active"
    IDLE = "idle"
    CLOSED = "closed"
