"""What is limited, and how it is counted, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.catalogue.limits.rules import Measure

LIMITS = _l("Limits of the bundle")
MEASURES: Mapping[Measure, Any] = {
    Measure.REQUESTS: _l("Requests of a pole in a year"),
    Measure.DAYS: _l("Support days of a pole in a year"),
}
COUNTED: Mapping[Measure, Any] = {
    Measure.REQUESTS: _l(
        "Counted: the requests sent since 1 January, also those that a partner declined or let expire, since they are"
        " still looked after. Not counted: drafts, and what was withdrawn or dropped, which gives its place back."
    ),
    Measure.DAYS: _l(
        "Counted: the interventions held since 1 January, 7 hours a day, whatever became of the request. Not counted:"
        " what is only planned, or was called off."
    ),
}
JOURNAL_FIELDS: Mapping[str, Any] = {
    **{f"limit_{measure}": label for measure, label in MEASURES.items()},
    "more_requests": _l("More requests than the limit"),
    "more_days": _l("More support days than the limit"),
    "until": _l("Until"),
}
