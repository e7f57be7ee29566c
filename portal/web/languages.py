"""French by default, English on demand: what a person chose, else what the browser session chose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, has_request_context, session
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user
from jinja2 import pass_context

from portal.text import isolated

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"


@dataclass(frozen=True, slots=True)
class Language:
    """A choice of the language switch."""

    code: str
    label: str
    current: bool


def choose() -> str:
    """The language of this request."""
    if not has_request_context():
        return DEFAULT
    chosen = session.get("language") or getattr(current_user, "language", None)
    return chosen if chosen in LANGUAGES else DEFAULT


def current_code() -> str:
    locale = get_locale()
    return locale.language if locale else DEFAULT


def choices() -> list[Language]:
    return [Language(code, label, code == current_code()) for code, label in LANGUAGES.items()]


class Sentences(Domain):
    """Our sentences, which words of any script may stand in; catalogues are read once."""

    def gettext(self, string: str, **values: Any) -> str:
        return str(super().gettext(string, **_isolated(values)))

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        return str(super().ngettext(singular, plural, num, **_isolated(values)))


class _Babel(Babel):
    domain_instance = Sentences()


def _isolated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: isolated(value) for name, value in values.items()}


def _of_templates(translate: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def isolating(context: Any, *texts: Any, **values: Any) -> str:
        return translate(context, *texts, **_isolated(values))

    return isolating


def init_app(app: Flask) -> None:
    _Babel(app, locale_selector=choose)
    known: dict[str, Any] = app.jinja_env.globals
    known.update({name: _of_templates(known[name]) for name in ("gettext", "ngettext")})
