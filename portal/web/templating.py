"""What every template can use: few globals, few filters; an unknown name is an error."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, current_app, url_for
from flask_babel import format_datetime, format_percent
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal import clock
from portal.access.permissions import allows
from portal.web import current, headers, languages, navigation
from portal.web.blueprint import declared


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, which changes with its content so that it can be kept for ever."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_fingerprint(path))


def _kept_asset(app: Flask) -> Callable[[str], str]:
    """`asset`, worked out once for each file, since a page names dozens of icons; each time when debugging."""
    addresses: dict[str, str] = {}

    def kept(name: str) -> str:
        if name not in addresses or app.debug:
            addresses[name] = asset(name)
        return addresses[name]

    return kept


def day(value: date | datetime | None) -> str:
    """A date in words: 1er mars 2026, 3 mars 2026."""
    if not value:
        return ""
    in_paris = clock.local(value).date() if isinstance(value, datetime) else value
    return _written_day(in_paris, languages.current_code())


@lru_cache(maxsize=4096)
def _written_day(value: date, language: str) -> str:
    return _first(format_date(value, "d MMMM yyyy", locale=language), language)


def moment(value: datetime | None) -> str:
    """A date and time in words, in Paris time."""
    if not value:
        return ""
    return _first(format_datetime(value, "d MMMM yyyy, HH:mm"), languages.current_code())


def _first(date_in_words: str, language: str) -> str:
    """French says the first of a month as an ordinal, and no other day."""
    is_first = date_in_words.startswith("1 ") and language == "fr"
    return f"1er {date_in_words[2:]}" if is_first else date_in_words


def number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else _written_number(round(value, digits), languages.current_code())


@lru_cache(maxsize=4096)
def _written_number(value: float, language: str) -> str:
    return format_decimal(value, locale=language)


def percent(value: float | None) -> str:
    return "–" if value is None else format_percent(value)


@pass_eval_context
def paragraphs(context: EvalContext, text: str | None) -> str:
    """Typed text as paragraphs and line breaks, escaped."""
    blocks = [block.strip() for block in (text or "").replace("\r\n", "\n").split("\n\n")]
    html = Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )
    return html if context.autoescape else str(text or "")


def may_open(endpoint: str) -> bool:
    """Is a page for someone like whoever looks? Its links are drawn for them alone."""
    return allows(current.actor_or_none(), declared(current_app)[endpoint])


def context() -> dict[str, Any]:
    """Fresh for each page."""
    return {
        "signed_in": current.is_signed_in(),
        "navigation": navigation.items(),
        "locale": languages.current_code(),
        "languages": languages.choices(),
        "demonstration": current_app.config["DEMONSTRATION"],
    }


def init_app(app: Flask) -> None:
    app.jinja_options = {
        **app.jinja_options,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.jinja_env.globals.update(asset=_kept_asset(app), csp_nonce=headers.csp_nonce, may_open=may_open)
    app.jinja_env.filters.update(
        day=day, moment=moment, number=number, percent=percent, paragraphs=paragraphs
    )
    app.context_processor(context)
