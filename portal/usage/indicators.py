"""Each indicator, defined once: the page, the CSV and docs/indicators.md all say what is written here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.interventions.workflow import support_days
from portal.requests.workflow import RequestState
from portal.usage.kinds import Dimension, Unit
from portal.usage.rules import Tally


@dataclass(frozen=True, slots=True)
class Indicator:
    """`compute` gives None where there is nothing to say."""

    key: str
    label: Any
    definition: Any
    unit: Unit
    compute: Callable[[Tally], float | None]


REQUESTS = Indicator(
    "requests",
    _l("Requests"),
    _l("Support requests sent in the period, each in the month it was sent. Drafts never count."),
    Unit.COUNT,
    lambda tally: tally.requests,
)
IN_PROGRESS = Indicator(
    "in_progress",
    _l("In progress"),
    _l("Of these requests, those that a partner has accepted and not finished yet, today."),
    Unit.COUNT,
    lambda tally: tally.states[RequestState.ACCEPTED],
)
FINISHED = Indicator(
    "finished",
    _l("Finished"),
    _l("Of these requests, those whose support is finished today."),
    Unit.COUNT,
    lambda tally: tally.states[RequestState.COMPLETED],
)
SHARE_OF_REQUESTS = Indicator(
    "share_of_requests",
    _l("Share of requests"),
    _l("Of these requests, the part that is in this state today."),
    Unit.SHARE,
    lambda tally: tally.requests / tally.out_of if tally.out_of else None,
)
ASKED = Indicator(
    "asked",
    _l("Times asked"),
    _l("How often these requests were sent to the partner. A request sent to two partners counts for both."),
    Unit.COUNT,
    lambda tally: tally.asked,
)
ACCEPTANCES = Indicator(
    "acceptances",
    _l("Acceptances"),
    _l("How often the partner accepted one of these requests, even if it handed it back later."),
    Unit.COUNT,
    lambda tally: tally.answered - tally.declined,
)
REFUSALS = Indicator(
    "refusals",
    _l("Refusals"),
    _l(
        "How often a partner declined one of these requests. A request that two partners declined counts twice."
    ),
    Unit.COUNT,
    lambda tally: tally.declined,
)
SUPPORT_DAYS = Indicator(
    "support_days",
    _l("Support days"),
    _l(
        "Length of the interventions done in the period, 7 hours making one day. Each counts at its own date, "
        "even when its request is older."
    ),
    Unit.SUPPORT_DAYS,
    lambda tally: support_days(tally.minutes),
)
ANSWERED_IN_TIME = Indicator(
    "answered_in_time",
    _l("Answered in time"),
    _l(
        "Of the answers to these requests, the part given by the due date. A due date passed without an answer "
        "counts as not in time. Shown from three answers on."
    ),
    Unit.SHARE,
    Tally.share_in_time,
)
MEDIAN_ANSWER_DAYS = Indicator(
    "median_answer_days",
    _l("Median time to answer"),
    _l(
        "Half of the answers to these requests took this many working days or fewer, without the days spent "
        "waiting for the pole. Shown from three answers on."
    ),
    Unit.WORKING_DAYS,
    Tally.median_answer_days,
)

INDICATORS = (
    REQUESTS,
    IN_PROGRESS,
    FINISHED,
    SHARE_OF_REQUESTS,
    ASKED,
    ACCEPTANCES,
    REFUSALS,
    SUPPORT_DAYS,
    ANSWERED_IN_TIME,
    MEDIAN_ANSWER_DAYS,
)
HEADLINES = (REQUESTS, FINISHED, SUPPORT_DAYS, ANSWERED_IN_TIME, MEDIAN_ANSWER_DAYS)

_ANSWERS = (SUPPORT_DAYS, ANSWERED_IN_TIME, MEDIAN_ANSWER_DAYS)
_WHOLE = (REQUESTS, IN_PROGRESS, FINISHED, REFUSALS, *_ANSWERS)
COLUMNS: Mapping[Dimension, tuple[Indicator, ...]] = MappingProxyType(
    {
        Dimension.MONTH: _WHOLE,
        Dimension.SERVICE: _WHOLE,
        Dimension.PARTNER: (ASKED, ACCEPTANCES, REFUSALS, *_ANSWERS),
        Dimension.REGION: _WHOLE,
        Dimension.STATE: (REQUESTS, SHARE_OF_REQUESTS),
    }
)
