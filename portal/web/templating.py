"""What every template can use: few globals, few filters; an unknown name is an error."""

import hashlib
import re
from collections.abc import Callable, MutableMapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, current_app, request, url_for
from flask.templating import Environment
from flask_babel import format_percent
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal import clock
from portal.access.permissions import allows
from portal.web import addresses, current, durations, headers, languages, markdown, navigation
from portal.web.blueprint import declared

_REFERENCE = re.compile(r"(?<!\w)[A-Z]?\d{4}-\d{4}(?!\w)")
_CLOCK_OF_PARIS = _l("Paris time")
_CLOCKS = {
    "971": _l("Guadeloupe time"),
    "972": _l("Martinique time"),
    "973": _l("French Guiana time"),
    "974": _l("Réunion time"),
    "976": _l("Mayotte time"),
}


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


def _icons(asset_of: Callable[[str], str]) -> Callable[..., Markup]:
    """`draw_icon`: an image beside words, silent for screen readers. Names: the list in static/build.mjs."""

    @lru_cache(maxsize=512)
    def drawn(sprite: str, name: str, more: str) -> Markup:
        of_class, used = f" {more}" if more else "", f"{sprite}#{name}"
        return Markup(
            '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>'
        ).format(of_class, used)

    return lambda name, more="": drawn(asset_of("built/icons.svg"), name, more)


_DAY = "d MMMM yyyy"


def day(value: date | datetime | None, place: str | None = None) -> str:
    """A date in words: 1er mars 2026, 3 mars 2026. `place`: the department whose clocks say which day it is, else that
    of who reads."""
    return _in_words(value, place or _of_reader(), _DAY)


def weekday(value: date | datetime | None, place: str | None = None) -> str:
    """The same with its day of the week: mercredi 18 mars 2026."""
    return _in_words(value, place or _of_reader(), "EEEE d MMMM yyyy")


def day_and_month(value: date) -> str:
    """A day near enough to need no year: mercredi 18 mars."""
    return _written_day(value, "EEEE d MMMM", languages.current_code())


def near_day(value: date) -> str:
    """A day so near that its number says which: jeudi 26."""
    return _written_day(value, "EEEE d", languages.current_code())


def _in_words(value: date | datetime | None, place: str | None, pattern: str) -> str:
    if not value:
        return ""
    there = clock.day_of(value, place) if isinstance(value, datetime) else value
    return _written_day(there, pattern, languages.current_code())


@lru_cache(maxsize=4096)
def _written_day(value: date, pattern: str, language: str) -> str:
    """French says the first of a month as an ordinal, and no other day."""
    written = format_date(value, pattern, locale=language)
    return re.sub(r"\b1\b", "1er", written) if value.day == 1 and language == "fr" else written


def moment(value: datetime | None, place: str | None = None) -> str:
    """A date and time in words, by the clocks of the place it is about, else of who reads; named outside Paris."""
    place = place or _of_reader()
    return moment_there(value, place, named=place in clock.OVERSEAS)


def moment_there(value: datetime | None, place: str | None, *, named: bool = True) -> str:
    """The same for who reads elsewhere, as in an e-mail: by the clocks of a place, named."""
    if not value:
        return ""
    written = f"{_in_words(value, place, _DAY)}, {clock.local(value, place):%H:%M}"
    return f"{written}, {clock_of(place)}" if named else written


def hour(value: datetime) -> str:
    """The time of a moment so near that it needs no day, by the clocks of who reads: 14:32."""
    return f"{clock.local(value, _of_reader()):%H:%M}"


def _of_reader() -> str | None:
    reader = current.actor_or_none()
    return reader.place if reader else None


def time_of_day(value: time | None, place: str | None) -> str:
    """A time and whose clocks show it, since people of several zones read it: 9 h 30, heure de La Réunion."""
    if value is None:
        return ""
    written = _("%(hour)s:%(minute)s", hour=value.hour, minute=f"{value:%M}")
    return f"{written}, {clock_of(place)}"


def clock_of(place: str | None) -> str:
    """Whose clocks they are."""
    return str(_CLOCKS.get(place or "", _CLOCK_OF_PARIS))


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
        Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )
    return html if context.autoescape else str(text or "")


def breakable(address: str | None) -> Markup:
    """An e-mail address that a narrow column breaks where a reader would: after the @, before a dot."""
    return Markup("<wbr>").join(re.split(r"(?<=@)|(?=\.)", address or ""))


@pass_eval_context
def whole(context: EvalContext, text: Any, how: str = 'class="whole"') -> Any:
    """A text whose references stay on one line: browsers break 1203-4078 at its hyphen. `how`: said to the browser."""
    if not context.autoescape:
        return text
    return Markup(_REFERENCE.sub(rf"<span {how}>\g<0></span>", str(escape(languages.shown(text)))))  # noqa: S704 (escaped before)


def may_open(endpoint: str) -> bool:
    """Is a page for someone like whoever looks? Its links are drawn for them alone."""
    return allows(current.actor_or_none(), declared(current_app)[endpoint])


def printed_address() -> str:
    """The address of the page, for its paper; of the portal alone where the address is a secret link."""
    is_secret = "token" in (request.view_args or {})
    public: str = current_app.config["PORTAL_URL"]
    return public + ("/" if is_secret else addresses.this_address())


def context() -> dict[str, Any]:
    """Fresh for each page."""
    return {
        "signed_in": current.is_signed_in(),
        "navigation": navigation.items(),
        "locale": languages.current_code(),
        "languages": languages.choices(),
        "today": clock.today(),
        "printed_address": printed_address(),
        "demonstration": current_app.config["DEMONSTRATION"],
    }


class _Environment(Environment):
    """Of our templates. What they all know is there before the first of them is read."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Copied, not chained: each import of a template compares their names with those of its page."""
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    app.jinja_environment = _Environment
    app.jinja_options = {
        **app.jinja_options,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "finalize": languages.shown,
    }
    asset_of = _kept_asset(app)
    app.jinja_env.globals.update(
        asset=asset_of,
        csp_nonce=headers.csp_nonce,
        draw_icon=_icons(asset_of),
        may_open=may_open,
        this_address=addresses.this_address,
    )
    app.jinja_env.filters.update(
        breakable=breakable,
        day=day,
        weekday=weekday,
        day_and_month=day_and_month,
        moment=moment,
        time_of_day=time_of_day,
        number=number,
        length_of_time=durations.length,
        in_days=durations.days,
        percent=percent,
        paragraphs=paragraphs,
        markdown=markdown.render,
        whole=whole,
    )
    app.context_processor(context)
