"""French by default, English on demand: what a person chose, else what the browser session chose."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import flask_babel
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, has_request_context, session
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, Domain, get_locale
from flask_babel.speaklater import LazyString
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.filters import sync_do_join
from jinja2.nodes import EvalContext
from markupsafe import Markup

from portal.text import DOT, isolated

# Flask-Babel calls a lazy text markup, whatever stands in it: a name that somebody typed would be HTML on our pages.
del LazyString.__html__

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"
_CATALOGUES = Path(__file__).parents[1] / "translations"


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
    """Asked for each sentence of a page: once it is chosen, it is read where Flask-Babel keeps it."""
    kept = g._get_current_object().get("_flask_babel") if has_app_context() else None
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return locale.language if locale else DEFAULT


def choices() -> list[Language]:
    return [Language(code, label, code == current_code()) for code, label in LANGUAGES.items()]


@cache
def _catalogue(language: str) -> NullTranslations:
    """Our sentences in a language, read once."""
    return Translations.load(_CATALOGUES, [language])


class Sentences(Domain):
    """Our sentences, which words of any script may stand in."""

    def get_translations(self) -> NullTranslations:
        return _catalogue(current_code())

    def gettext(self, string: str, **values: Any) -> str:
        text = self.get_translations().gettext(string)
        return text % _isolated(values) if values else text

    def ngettext(self, singular: str, plural: str, num: int, **values: Any) -> str:
        return str(super().ngettext(singular, plural, num, **_isolated(values)))


_SENTENCES, _AS_WRITTEN = Sentences(), Domain()
# There are no others: looked for in the request by each lazy text, they took half of its time.
flask_babel.get_domain = lambda: _SENTENCES if has_app_context() else _AS_WRITTEN


def shown(value: Any) -> Any:
    """What is shown of a value: a lazy text in the language of now, its words from right to left apart."""
    if type(value) is str:
        return value if value.isascii() else isolated(value)
    return isolated(str(value)) if isinstance(value, LazyString) else value


def _isolated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: shown(value) for name, value in values.items()}


@pass_eval_context
def _gettext(context: EvalContext, text: str, **values: Any) -> str:
    """`_` of templates."""
    if context.autoescape and not values:
        return _in_html(text, current_code())
    return _filled(_catalogue(current_code()).gettext(text), values, html=context.autoescape)


@pass_eval_context
def _ngettext(context: EvalContext, singular: str, plural: str, num: int, **values: Any) -> str:
    text = _catalogue(current_code()).ngettext(singular, plural, num)
    return _filled(text, {"num": num, **values}, html=context.autoescape)


@lru_cache(maxsize=8192)
def _in_html(text: str, language: str) -> str:
    """A sentence without values, of which a page has dozens."""
    return _filled(_catalogue(language).gettext(text), {}, html=True)


def _filled(text: str, values: dict[str, Any], *, html: bool) -> str:
    """Our sentences may hold tags; values are escaped."""
    written = Markup(text) if html else text  # noqa: S704 (written by us)
    return written % _isolated(values)


@pass_eval_context
def _join(context: EvalContext, parts: Iterable[Any], between: str = "") -> str:
    """`join` of templates: no part turns the next, even where one of them is a sentence."""
    return sync_do_join(context, map(shown, parts), between)


@pass_eval_context
def _in_a_row(context: EvalContext, facts: Iterable[Any]) -> str:
    """`text.in_a_row` of what may be drawn already."""
    return _join(context, filter(None, facts), DOT)


class _Json(DefaultJSONProvider):
    """Also of lazy texts, which messages for the next page may be."""

    @staticmethod
    def default(value: Any) -> Any:
        return str(value) if isinstance(value, LazyString) else DefaultJSONProvider.default(value)


def init_app(app: Flask) -> None:
    app.json_provider_class = _Json  # on which Flask-Security builds its own
    app.json = _Json(app)
    Babel(app, locale_selector=choose)
    app.jinja_env.filters.update(join=_join, in_a_row=_in_a_row)
    app.jinja_env.globals.update({"_": _gettext, "gettext": _gettext, "ngettext": _ngettext})
