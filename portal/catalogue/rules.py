"""Who may ask for a service, and what one may ask of the catalogue. Where partners work: `organisations.rules`."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from portal.organisations.rules import Stage


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


class Admission(StrEnum):
    """Whether the stage of a pole lets it ask; `TO_CHECK`: its stage is unknown: it may, and is checked."""

    OPEN = "open"
    TO_CHECK = "to_check"
    CLOSED = "closed"


def admission(stages: Collection[Stage], pole_stage: Stage | None) -> Admission:
    """What the stages of a service say to a pole; a service without stages is open to all."""
    if not stages or pole_stage in stages:
        return Admission.OPEN
    return Admission.TO_CHECK if pole_stage is None else Admission.CLOSED


def admits(stages: Collection[Stage], pole_stage: Stage | None) -> bool:
    """May a pole of this stage ask? An unknown stage may."""
    return admission(stages, pole_stage) is not Admission.CLOSED


@dataclass(frozen=True, slots=True)
class ServiceFilters:
    """What is asked of the catalogue; None and empty ask for nothing."""

    text: str = ""
    family: Family | None = None
    kind: ServiceKind | None = None
    format: Format | None = None
    stage: Stage | None = None
    region_code: str | None = None
    department_code: str | None = None
