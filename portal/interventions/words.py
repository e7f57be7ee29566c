"""Interventions in words."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import lazy_gettext as _l

from portal.interventions.workflow import InterventionRefused, InterventionState, Place, support_days
from portal.refusals import Conflict
from portal.requests import words as requests
from portal.web.tags import Tag

STATES: Mapping[InterventionState, Tag] = {
    InterventionState.PLANNED: Tag(_l("Planned"), "info", "calendar-plus"),
    InterventionState.DONE: Tag(_l("Done"), "success", "check-circle"),
    InterventionState.CALLED_OFF: Tag(_l("Cancelled"), "neutral", "slash-circle"),
}

_NOW: Mapping[InterventionState | None, Any] = {
    InterventionState.PLANNED: _l("This intervention is planned."),
    InterventionState.DONE: _l("This intervention has already been logged."),
    InterventionState.CALLED_OFF: _l("This intervention has been cancelled."),
}

PLACES: Mapping[Place, Any] = {Place.ON_SITE: _l("On site"), Place.REMOTE: _l("Remote")}


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why an action cannot be done now: where the intervention, or its request, stands."""
    if isinstance(refusal, InterventionRefused):
        return str(_NOW[refusal.state])
    return requests.refusal_sentence(refusal)


def duration(minutes: int) -> str:
    """Minutes as people say them: 3 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def days(minutes: int) -> str:
    """Minutes as support days, 7 h each, to the quarter: 1.5 day."""
    value = round(support_days(minutes), 2)
    count = 1 if Locale.parse(str(get_locale())).plural_form(value) == "one" else 2
    return ngettext("%(days)s support day", "%(days)s support days", count, days=format_decimal(value))
