"""What the catalogue says, in the reader's language."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from portal.catalogue import steps
from portal.catalogue.models import Service
from portal.catalogue.rules import Beside, Family, Format, Language, ServiceKind, ServiceState
from portal.steps import Words
from portal.text import isolated, pieces, search_key
from portal.web import languages
from portal.web.tags import Tag

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

LANGUAGES: Mapping[Language, Any] = {
    Language.FRENCH: _l("French"),
    Language.SIGN: _l("French sign language"),
    Language.ENGLISH: _l("English"),
    Language.GERMAN: _l("German"),
    Language.SPANISH: _l("Spanish"),
    Language.ITALIAN: _l("Italian"),
    Language.PORTUGUESE: _l("Portuguese"),
    Language.ARABIC: _l("Arabic"),
    Language.BRETON: _l("Breton"),
    Language.BASQUE: _l("Basque"),
    Language.OCCITAN: _l("Occitan"),
    Language.CORSICAN: _l("Corsican"),
    Language.CREOLE: _l("Creole"),
}

BESIDE: Mapping[Beside, Any] = {
    Beside.PREPARATION: _l("Preparation"),
    Beside.TRAVEL: _l("Travel"),
    Beside.WRITE_UP: _l("Write-up"),
}

STATES: Mapping[ServiceState, Tag] = {
    ServiceState.DRAFT: Tag(_l("Draft"), "neutral", "pencil"),
    ServiceState.PUBLISHED: Tag(_l("Published"), "success", "check-circle"),
    ServiceState.SUSPENDED: Tag(_l("Suspended"), "warning", "pause-circle"),
    ServiceState.ARCHIVED: Tag(_l("Archived"), "neutral", "x-circle"),
}
ASKED = Tag(_l("To be published"), "info", "hourglass-split")
NOT_CHECKED = _l("A check that is not late")
"""What a sheet lacks that nobody said to be true, or too long ago."""

STEPS: Mapping[str, Words] = {
    steps.ASK.name: Words(
        _l("Proposed to the national cell"),
        "send",
        button=_l("Propose it to the national cell"),
        explains=_l(
            "The national cell gets an e-mail, reads the sheet and publishes it. You can go on writing."
        ),
        done=_l("The national cell is told."),
    ),
    steps.PUBLISH.name: Words(
        _l("Published"),
        "check-circle",
        "success",
        button=_l("Publish"),
        explains=_l("Everybody reads the sheet and poles can ask. The managers of its partners are told."),
        done=_l("The service is published."),
    ),
    steps.CHECK.name: Words(
        _l("Checked"),
        "check-circle",
        "success",
        button=_l("Say that it is right"),
        explains=_l(
            "You have read the sheet and all of it is true today. Its page says so, with the name of your"
            " organisation."
        ),
        done=_l("The check is noted."),
    ),
    steps.SUSPEND.name: Words(
        _l("Suspended"),
        "pause-circle",
        "warning",
        button=_l("Suspend until a day"),
        explains=_l("The page stays and says when it reopens; meanwhile nobody can ask."),
        done=_l("The service is suspended."),
    ),
    steps.REOPEN.name: Words(
        _l("Reopened"),
        "play-circle",
        "success",
        button=_l("Reopen now"),
        explains=_l("Poles can ask again at once."),
        done=_l("The service is open again."),
    ),
    steps.ARCHIVE.name: Words(
        _l("Archived"),
        "x-circle",
        button=_l("Archive"),
        explains=_l(
            "The page leaves the catalogue and nobody can ask. What it said is kept, with its figures."
        ),
        done=_l("The service is archived."),
    ),
}
"""What happens to a sheet."""

FIELDS: Mapping[str, Any] = {
    "asked_at": _l("Proposed to the national cell"),
    "check_due_on": _l("Check it again on"),
    "checked_on": _l("Checked on"),
    "cost": _l("Cost"),
    "cost_en": _l("Cost, in English"),
    "days_to_answer": _l("Working days to answer"),
    "description": _l("Description"),
    "description_en": _l("Description in English"),
    "direct": _l("Sent straight to its partner"),
    "documents_wanted": _l("Documents wanted"),
    "documents_wanted_en": _l("Documents wanted, in English"),
    "inferred": _l("Deduced, not confirmed"),
    "name_en": _l("Name in English"),
    "notice": _l("Notice"),
    "notice_en": _l("Notice, in English"),
    "notice_until": _l("Notice until"),
    "reopens_on": _l("Reopens on"),
    "rules": _l("Who may ask, in words"),
    "rules_en": _l("Who may ask, in English"),
    "service_family": _l("Purpose"),
    "service_format": _l("Format"),
    "service_kind": _l("Kind"),
    "service_languages": _l("Languages"),
    "service_state": _l("State"),
    "service_time_counted": _l("Time counted beside sessions"),
    "summary": _l("In two lines"),
    "summary_en": _l("In two lines, in English"),
    "venue": _l("Accessibility of the venue"),
    "venue_en": _l("Accessibility of the venue, in English"),
}
"""What the journal calls what a sheet says."""


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


def in_the_language_of_the_reader(french: str, english: str) -> str:
    """French where there is no English."""
    return english if english and languages.current_code() == "en" else french


def service_name(service: ServiceNames) -> str:
    return in_the_language_of_the_reader(service.name, service.name_en)


_key = lru_cache(maxsize=1024)(search_key)


def in_order(services: Iterable[Named]) -> list[Named]:
    """Services by the name that the reader sees."""
    return sorted(services, key=lambda service: _key(service_name(service)))


def service_summary(service: ServiceTexts) -> str:
    return in_the_language_of_the_reader(service.summary, service.summary_en)


def service_description(service: ServiceTexts) -> str:
    return in_the_language_of_the_reader(service.description, service.description_en)


def service_rules(service: ServiceTexts) -> str:
    return in_the_language_of_the_reader(service.rules, service.rules_en)


def text_of(service: ServiceNames, name: str) -> str:
    """Another of its texts, by the name of its column."""
    return in_the_language_of_the_reader(getattr(service, name), getattr(service, f"{name}_en"))


def marked(text: str, typed: str) -> Markup:
    """A text with the words that were looked for marked."""
    return Markup().join(
        Markup("<mark>{}</mark>").format(piece) if is_found else escape(piece)
        for piece, is_found in pieces(isolated(text), typed)
    )


def languages_of(service: Service) -> list[str]:
    """In which it is delivered, in words."""
    return [str(label) for language, label in LANGUAGES.items() if language in service.languages]


def state_tag(service: Service) -> Tag:
    """Where a sheet is in its life; a draft that waits for the national cell says so."""
    state = service.state
    return ASKED if state is ServiceState.DRAFT and service.asked_at else STATES[state]
