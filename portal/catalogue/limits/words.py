"""What is limited, and how it is counted, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.catalogue.limits.rules import Given, Measure

LIMITS = _l("Limits of the bundle")
MEASURES: Mapping[Measure, Any] = {
    Measure.REQUESTS: _l("Requests of a pole in a year"),
    Measure.DAYS: _l("Support days of a pole in a year"),
}
IN_A_YEAR: Mapping[Measure, Any] = {
    Measure.REQUESTS: _l("Requests in a year"),
    Measure.DAYS: _l("Support days in a year"),
}
COUNTED: Mapping[Measure, Any] = {
    Measure.REQUESTS: _l(
        "Counted: the requests sent since 1 January, also those that a partner declined or let expire, since they are"
        " still looked after. Not counted: drafts, and what was withdrawn or dropped, which gives its place back."
    ),
    Measure.DAYS: _l(
        "Counted: the interventions held since 1 January, 7 hours a day, whatever became of the request. Not counted:"
        " what is only planned, or was called off. What is held beyond it is logged all the same, and flagged."
    ),
}
COUNTED_OF_PARTNERS = _l(
    "Counted since 1 January: the requests that a partner was asked for, but for those that it declined, handed back or"
    " let expire and those that were taken back; the interventions that it held, 7 hours a day."
)
JOURNAL_FIELDS: Mapping[str, Any] = {
    **{f"limit_{measure}": label for measure, label in MEASURES.items()},
    "gives_requests": _l("Most requests that the partner gives in a year"),
    "gives_days": _l("Most support days that the partner gives in a year"),
    "more_requests": _l("More requests than the limit"),
    "more_days": _l("More support days than the limit"),
    "until": _l("Until"),
}


def left(given: Given) -> str:
    """What a partner may still give this year, as in "requests of the year: 3 of 40 left"."""
    numbers = {"left": format_decimal(round(given.left, 1)), "allowed": given.allowed}
    if given.measure is Measure.DAYS and given.of_service:
        return _("days of the year for this service: %(left)s of %(allowed)d left", **numbers)
    if given.measure is Measure.DAYS:
        return _("days of the year: %(left)s of %(allowed)d left", **numbers)
    if given.of_service:
        return _("requests of the year for this service: %(left)s of %(allowed)d left", **numbers)
    return _("requests of the year: %(left)s of %(allowed)d left", **numbers)
