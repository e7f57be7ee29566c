"""What every template can use: few globals, few filters; an unknown name is an error."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import format_date, format_datetime, format_decimal, format_percent
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal.web import current, headers, languages, navigation


@lru_cache(maxsize=64)
def _fingerprint(path: Path, modified: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, which changes with its content so that it can be kept for ever."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_fingerprint(path, path.stat().st_mtime))


def day(value: date | datetime | None) -> str:
    """A date in words: 1er mars 2026, 3 mars 2026."""
    return _first(format_date(value, "d MMMM yyyy")) if value else ""


def moment(value: datetime | None) -> str:
    """A date and time in words, in Paris time."""
    return _first(format_datetime(value, "d MMMM yyyy, HH:mm")) if value else ""


def _first(date_in_words: str) -> str:
    """French says the first of a month as an ordinal, and no other day."""
    is_first = date_in_words.startswith("1 ") and languages.current_code() == "fr"
    return f"1er {date_in_words[2:]}" if is_first else date_in_words


def number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else format_decimal(round(value, digits))


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
    app.jinja_env.globals.update(asset=asset, csp_nonce=headers.csp_nonce)
    app.jinja_env.filters.update(
        day=day, moment=moment, number=number, percent=percent, paragraphs=paragraphs
    )
    app.context_processor(context)
