"""Closed vocabularies of the catalogue."""

from enum import StrEnum


class Family(StrEnum):
    """The bundle's three purposes."""

    CREATION = "creation"
    CONSOLIDATION = "consolidation"
    ANIMATION = "animation"


class ServiceKind(StrEnum):
    """The shape of a service."""

    TRAINING = "training"
    COACHING = "coaching"
    FACILITATION = "facilitation"
    VISIT = "visit"
    PEER_TRANSFER = "peer_transfer"


class Format(StrEnum):
    INDIVIDUAL = "individual"
    COLLECTIVE = "collective"
