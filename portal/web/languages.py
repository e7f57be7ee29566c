"""French by default, English on demand: what a person chose, else what the browser session chose."""

from dataclasses import dataclass

from flask import Flask, has_request_context, session
from flask_babel import Babel, get_locale
from flask_login import current_user

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


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=choose)
