"""Days as people say them who have something to do."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.web import templating


def due(day: date, place: str | None) -> str:
    """Until when: 2 working days late; today; tomorrow, Thursday 26; or the day."""
    today = clock.today(place)
    if day < today:
        late = clock.working_days_between(day, today, place)
        return ngettext("%(num)d working day late", "%(num)d working days late", max(1, late))
    if day == today:
        return _("today")
    named = templating.weekday(day)
    return _("tomorrow, %(day)s", day=named) if day == today + timedelta(days=1) else named
