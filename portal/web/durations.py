"""Lengths of time in words: the only place that turns minutes into hours, or into days of work."""

from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal
from flask_babel import ngettext

from portal.clock import days_of
from portal.web import languages


def length(minutes: int) -> str:
    """Minutes as people say them: 3 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def figure(minutes: int) -> str:
    """Minutes as a number of days, to the tenth: 0.7."""
    return _in_figures(minutes, languages.current_code())[0]


def days(minutes: int) -> str:
    """Minutes as hours, and as days: 5 h (0.7 day)."""
    written, is_one = _in_figures(minutes, languages.current_code())
    text = ngettext("%(days)s day", "%(days)s days", 1 if is_one else 2, days=written)
    return f"{length(minutes)} ({text})"


@lru_cache(maxsize=1024)
def _in_figures(minutes: int, language: str) -> tuple[str, bool]:
    """A number of days, and whether a language says "day" after it."""
    number = round(days_of(minutes), 1)
    return format_decimal(number, locale=language), Locale.parse(language).plural_form(number) == "one"
