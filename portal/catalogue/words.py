"""What the catalogue says, in the reader's language."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from flask_babel import lazy_gettext as _l

from portal.catalogue.rules import Admission, Family, Format, ServiceKind
from portal.text import search_key
from portal.web import languages

FAMILIES: Mapping[Family, Any] = {
    Family.CREATION: _l("Create"),
    Family.CONSOLIDATION: _l("Consolidate"),
    Family.ANIMATION: _l("Animate"),
}

FAMILY_PURPOSES: Mapping[Family, Any] = {
    Family.CREATION: _l("Gather the first members, write a shared project, find the first funding."),
    Family.CONSOLIDATION: _l(
        "Find a balance that lasts, learn from other poles, work with local authorities."
    ),
    Family.ANIMATION: _l("Run the cooperation from day to day: meetings, training, visits."),
}

KINDS: Mapping[ServiceKind, Any] = {
    ServiceKind.TRAINING: _l("Training"),
    ServiceKind.COACHING: _l("Coaching"),
    ServiceKind.FACILITATION: _l("Facilitation"),
    ServiceKind.VISIT: _l("Visit"),
    ServiceKind.PEER_TRANSFER: _l("Peer transfer"),
}

KIND_ICONS: Mapping[ServiceKind, str] = {
    ServiceKind.TRAINING: "mortarboard",
    ServiceKind.COACHING: "compass",
    ServiceKind.FACILITATION: "chat-left-text",
    ServiceKind.VISIT: "map",
    ServiceKind.PEER_TRANSFER: "people",
}

FORMATS: Mapping[Format, Any] = {
    Format.INDIVIDUAL: _l("For one pole"),
    Format.COLLECTIVE: _l("For several poles together"),
}

ADMISSIONS: Mapping[Admission, Any] = {
    Admission.OPEN: _l("Your pole may ask for this service."),
    Admission.TO_CHECK: _l(
        "The stage of your pole is not known yet: you may ask, and the regional cell will check it with you."
    ),
    Admission.CLOSED: _l("This service is not meant for the present stage of your pole."),
}


class ServiceNames(Protocol):
    """What a service is called, in French and in English."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class ServiceTexts(ServiceNames, Protocol):
    """All its texts."""

    @property
    def summary(self) -> str: ...
    @property
    def summary_en(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def description_en(self) -> str: ...
    @property
    def rules(self) -> str: ...
    @property
    def rules_en(self) -> str: ...


Named = TypeVar("Named", bound=ServiceTexts)


def _in_the_language_of_the_reader(french: str, english: str) -> str:
    """French where there is no English."""
    return english if english and languages.current_code() == "en" else french


def service_name(service: ServiceNames) -> str:
    return _in_the_language_of_the_reader(service.name, service.name_en)


_key = lru_cache(maxsize=1024)(search_key)


def in_order(services: Iterable[Named]) -> list[Named]:
    """Services by the name that the reader sees."""
    return sorted(services, key=lambda service: _key(service_name(service)))


def service_summary(service: ServiceTexts) -> str:
    return _in_the_language_of_the_reader(service.summary, service.summary_en)


def service_description(service: ServiceTexts) -> str:
    return _in_the_language_of_the_reader(service.description, service.description_en)


def service_rules(service: ServiceTexts) -> str:
    return _in_the_language_of_the_reader(service.rules, service.rules_en)
