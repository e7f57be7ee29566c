"""What services are like, when they may be asked for, and what one may ask of the catalogue. Who may ask for them:
`eligibility.rules`."""

from dataclasses import dataclass
from datetime import date
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


class Beside(StrEnum):
    """What a partner does beside a session, and what of it a service may count as time spent."""

    PREPARATION = "preparation"
    TRAVEL = "travel"
    WRITE_UP = "write_up"


class ServiceState(StrEnum):
    """Where a sheet is in its life. Drafts are read by those who keep them alone, archived ones too."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"


SHOWN_STATES = frozenset({ServiceState.PUBLISHED, ServiceState.SUSPENDED})
"""What everybody reads."""

DAYS_TO_ANSWER = 5
"""Working days that a partner has, where the service says nothing else, or there is no service."""
FEWEST_DAYS_TO_ANSWER = 3
MOST_DAYS_TO_ANSWER = 10


def state_on(today: date, stored: ServiceState, reopens_on: date | None) -> ServiceState:
    """The state of a service on a day: what is suspended reopens by itself. `queries.is_open` says it in SQL."""
    over = stored is ServiceState.SUSPENDED and reopens_on is not None and reopens_on <= today
    return ServiceState.PUBLISHED if over else stored


class Language(StrEnum):
    """In which a service is delivered."""

    FRENCH = "fr"
    SIGN = "lsf"
    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    ITALIAN = "it"
    PORTUGUESE = "pt"
    ARABIC = "ar"
    BRETON = "br"
    BASQUE = "eu"
    OCCITAN = "oc"
    CORSICAN = "co"
    CREOLE = "crp"


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
