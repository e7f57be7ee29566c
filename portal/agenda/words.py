"""An agenda in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.agenda.rules import Days, View, week_of
from portal.interventions.words import FLAGS
from portal.web import templating
from portal.web.tags import Tag

VIEWS: Mapping[View, Any] = {View.MONTH: _l("Month"), View.WEEK: _l("Week"), View.LIST: _l("List")}
BEFORE: Mapping[View, Any] = {View.MONTH: _l("Month before"), View.WEEK: _l("Week before")}
AFTER: Mapping[View, Any] = {View.MONTH: _l("Month after"), View.WEEK: _l("Week after")}
NOT_A_DAY = _l("Type the day as in 31/12/2026: the days of this month are shown.")
TOO_LONG = _l("Choose a year at most: the days of this month are shown.")
TURNED = _l("This day comes before the first one: the days of this month are shown.")

ANY = "toutes"
"""Of the flags, whichever it is."""
FOR_THE_NETWORK = Tag(_l("Work for the network"), "neutral", "people")


def heading(view: View, days: Days) -> str:
    """The days that are shown: novembre 2026; from one day to another."""
    if view is View.MONTH:
        return str(format_date(days.first, "MMMM yyyy"))
    first, last = templating.day(days.first), templating.day(days.last)
    if view is View.WEEK:
        return _("week from %(first)s to %(last)s", first=first, last=last)
    return _("from %(first)s to %(last)s", first=first, last=last)


def flags_offered() -> list[tuple[str, str]]:
    """By what a list of done work is limited."""
    each = [(flag.value, sentence(str(label))) for flag, label in FLAGS.items()]
    return [("", _("Flagged or not")), (ANY, _("With any flag")), *each]


def sentence(words: str) -> str:
    """The same, as one begins with it."""
    return words[:1].upper() + words[1:]


def days_of_the_week() -> list[str]:
    """Their names, from Monday."""
    return [str(format_date(day, "EEEE")) for day in week_of(date(2026, 3, 2)).each]


def seats(occasion: Any, *, of_pole: bool) -> list[str]:
    """How many come to a session, and wait: of one's own pole, or in all."""
    seated, waiting = occasion.seated, occasion.waiting
    if of_pole:
        coming = ngettext("%(num)s person of your pole", "%(num)s people of your pole", seated)
    else:
        coming = ngettext("%(num)s person registered", "%(num)s people registered", seated)
    listed = ngettext("%(num)s on the waiting list", "%(num)s on the waiting list", waiting)
    return [*([coming] if seated or not waiting else []), *([listed] if waiting else [])]
