"""Lengths of time in words: the only place that turns minutes into hours, or into days of work; and as people type
them."""

import re
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal
from flask_babel import ngettext

from portal.clock import MINUTES_PER_DAY, days_of
from portal.web import languages


def length(minutes: int) -> str:
    """Minutes as people say them: 3 h 30, which no line breaks."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\N{NO-BREAK SPACE}min"
    return "\N{NO-BREAK SPACE}".join([str(hours), "h", *([f"{rest:02d}"] if rest else [])])


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


_HOURS_AND_MINUTES = re.compile(r"([0-9]{1,3})(?:h|:)([0-9]{2})(?:mn|min|m)?")
_NUMBER = re.compile(r"([0-9]{1,5}(?:[.,][0-9]{1,4})?)([a-z]*)")
_UNITS = {
    **dict.fromkeys(("h", "hr", "hrs", "heure", "heures", "hour", "hours"), 60),
    **dict.fromkeys(("m", "mn", "min", "minute", "minutes"), 1),
    **dict.fromkeys(("j", "jr", "jour", "jours", "d", "day", "days"), MINUTES_PER_DAY),
}
MOST_BARE_HOURS = 12
"""A whole number alone says hours up to this one, and minutes above: nobody works twelve minutes or ninety hours."""


def read(typed: str) -> int | None:
    """The minutes of a length as people type it: 1h30, 1:30, 90, 1,5, 45 min, 0,5 j; None where it is none. What falls
    between two minutes is none either: nothing is rounded."""
    text = "".join(typed.casefold().split())
    if both := _HOURS_AND_MINUTES.fullmatch(text):
        hours, minutes = map(int, both.groups())
        return hours * 60 + minutes if minutes < 60 else None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    number, unit = Fraction(match[1].replace(",", ".")), match[2]
    factor = _UNITS.get(unit) if unit else _bare(number)
    minutes_ = number * factor if factor else None
    return int(minutes_) if minutes_ is not None and minutes_.denominator == 1 else None


def _bare(number: Fraction) -> int:
    """What a number without a unit counts: hours, or minutes where it is whole and too large for hours."""
    return 60 if number.denominator > 1 or number <= MOST_BARE_HOURS else 1
