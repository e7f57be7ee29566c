"""Until when, as people say it: "tomorrow, Thursday 26", "2 working days late"."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.web import templating
from portal.web.tags import Tag

_NEAR = 7
"""Days within which the number of a day is enough: no other of the kind lies between."""


def until(day: date, place: str | None) -> Tag:
    """How near a last day is, by the clocks and the working days of a place."""
    today = clock.today(place)
    away = (day - today).days
    if away < 0:
        return Tag(_late(day, today, place), "danger", "clock-history")
    named = templating.near_day(day) if away < _NEAR else templating.day_and_month(day)
    if away == 0:
        return Tag(_("today, %(day)s", day=named), "warning", "exclamation-triangle")
    if away == 1:
        return Tag(_("tomorrow, %(day)s", day=named), "warning", "clock")
    left = clock.working_days_between(today, day, place)
    if away >= _NEAR or not left:
        return Tag(named, "neutral", "calendar3")
    return Tag(
        ngettext("%(day)s, in %(num)s working day", "%(day)s, in %(num)s working days", left, day=named),
        "neutral",
        "calendar3",
    )


def _late(day: date, today: date, place: str | None) -> str:
    passed = clock.working_days_between(day, today, place)
    if not passed:
        return _("late since %(day)s", day=templating.near_day(day))
    return ngettext("%(num)s working day late", "%(num)s working days late", passed)
