"""Figures and breakdowns in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from babel.numbers import format_decimal
from flask_babel import format_date
from flask_babel import lazy_gettext as _l

from portal.clock import days_of
from portal.requests.steps import RequestState
from portal.usage.rules import Dimension, Month, Period, Tally, Unit
from portal.web import languages


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
POLES_SUPPORTED = Indicator(
    "poles_supported",
    _l("Poles supported"),
    _l(
        "The poles of these requests: of each, the one that asks and the others that have joined it today. "
        "A request of three poles is one request and three poles; a pole of two requests counts for both."
    ),
    Unit.COUNT,
    lambda tally: tally.requests + tally.joined,
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
        "Support that poles received: length of the interventions done in the period, 7 hours making one day. Each "
        "counts at its own date, even when its request is older, and once for each pole it served, however many came "
        "to help. One of several partners counts for each of them, and once in all."
    ),
    Unit.SUPPORT_DAYS,
    lambda tally: days_of(tally.received),
)
TIME_SPENT = Indicator(
    "time_spent",
    _l("Days spent"),
    _l(
        "Time that partners spent on these interventions, 7 hours making one day: the length of each, once for each of "
        "their people who came, with the preparation, the travel and the write-up where the service counts them. A "
        "session for several poles counts once; each partner has its own time."
    ),
    Unit.SUPPORT_DAYS,
    lambda tally: days_of(tally.spent),
)
POLE_ABSENCES = Indicator(
    "pole_absences",
    _l("Absences of the pole"),
    _l(
        "Dates of the period at which partners were there and the pole was not. Each counts once, for the partner that "
        "had planned it, however many poles or partners it was for. It counts in no time: nothing was received."
    ),
    Unit.COUNT,
    lambda tally: tally.absent,
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
    POLES_SUPPORTED,
    IN_PROGRESS,
    FINISHED,
    SHARE_OF_REQUESTS,
    ASKED,
    ACCEPTANCES,
    REFUSALS,
    SUPPORT_DAYS,
    TIME_SPENT,
    POLE_ABSENCES,
    ANSWERED_IN_TIME,
    MEDIAN_ANSWER_DAYS,
)
HEADLINES = (
    REQUESTS,
    POLES_SUPPORTED,
    FINISHED,
    SUPPORT_DAYS,
    TIME_SPENT,
    POLE_ABSENCES,
    ANSWERED_IN_TIME,
    MEDIAN_ANSWER_DAYS,
)

_ANSWERS = (SUPPORT_DAYS, TIME_SPENT, POLE_ABSENCES, ANSWERED_IN_TIME, MEDIAN_ANSWER_DAYS)
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

BREAKDOWNS: Mapping[Dimension, Any] = {
    Dimension.MONTH: _l("By month"),
    Dimension.SERVICE: _l("By service"),
    Dimension.PARTNER: _l("By partner"),
    Dimension.REGION: _l("By region"),
    Dimension.STATE: _l("By state"),
}

ROWS: Mapping[Dimension, Any] = {
    Dimension.MONTH: _l("Month"),
    Dimension.SERVICE: _l("Service"),
    Dimension.PARTNER: _l("Partner"),
    Dimension.REGION: _l("Region"),
    Dimension.STATE: _l("State"),
}

NETWORK_HEADS = (
    _l("Organisation"),
    _l("Kind"),
    _l("Acts"),
    _l("Days spent"),
    _l("Participants"),
)

UNITS: Mapping[Unit, Any] = {
    Unit.COUNT: "",
    Unit.SUPPORT_DAYS: _l("days"),
    Unit.WORKING_DAYS: _l("working days"),
    Unit.SHARE: "%",
}

GUIDE_ME = _l("Guide me")
UNKNOWN_REGION = _l("Region not known")
NOTHING = "–"

_PATTERNS: Mapping[Unit, str] = {
    Unit.COUNT: "#,##0",
    Unit.SUPPORT_DAYS: "#,##0.0",
    Unit.WORKING_DAYS: "0.0",
    Unit.SHARE: "0",
}
_PLAIN_PATTERNS = {unit: pattern.replace("#,##", "") for unit, pattern in _PATTERNS.items()}


def figures(values: Iterable[tuple[Unit, float | None]]) -> list[str]:
    """Figures as one reads them, without their units; shares in per cent."""
    language = languages.current_code()
    return [
        NOTHING if value is None else _written(value, _PATTERNS[unit], unit is Unit.SHARE, language)
        for unit, value in values
    ]


def plain_figures(values: Iterable[tuple[Unit, float | None]]) -> list[str]:
    """Figures as a spreadsheet reads them: nothing between thousands, empty where there is nothing to say."""
    language = languages.current_code()
    return [
        "" if value is None else _written(value, _PLAIN_PATTERNS[unit], unit is Unit.SHARE, language)
        for unit, value in values
    ]


@lru_cache(maxsize=4096)
def _written(value: float, pattern: str, share: bool, language: str) -> str:
    return format_decimal(100 * value if share else value, pattern, locale=language)


def with_unit(label: Any, unit: Unit) -> str:
    """The head of a column: what it counts, and in what where the label does not say it."""
    return f"{label} ({UNITS[unit]})" if unit in {Unit.SHARE, Unit.WORKING_DAYS} else str(label)


def month(when: Month) -> str:
    """A month in full: novembre 2026."""
    return format_date(when.first_day, "MMMM yyyy")


def short_month(when: Month) -> str:
    """A month where there is little room: 11/26."""
    return f"{when.number:02d}/{when.year % 100:02d}"


def period(asked: Period) -> dict[str, str]:
    """The ends of a period, for a sentence."""
    return {"first": month(asked.first), "last": month(asked.last)}
