"""Lengths of time in words: the only place that turns minutes into hours, or into days of work."""

from babel import Locale
from flask_babel import format_decimal, get_locale, ngettext

from portal.clock import days_of


def length(minutes: int) -> str:
    """Minutes as people say them: 3 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def figure(minutes: int) -> str:
    """Minutes as a number of days, to the tenth: 0.7."""
    return format_decimal(round(days_of(minutes), 1))


def days(minutes: int) -> str:
    """Minutes as hours, and as days: 5 h (0.7 day)."""
    plural = Locale.parse(str(get_locale())).plural_form(round(days_of(minutes), 1))
    count = 1 if plural == "one" else 2
    text = ngettext("%(days)s day", "%(days)s days", count, days=figure(minutes))
    return f"{length(minutes)} ({text})"
