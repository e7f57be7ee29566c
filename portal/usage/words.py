"""Figures and breakdowns in words."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from flask_babel import format_date
from flask_babel import lazy_gettext as _l

from portal.usage.kinds import Dimension, Unit
from portal.usage.periods import Month, Period
from portal.web import languages

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


def month(one: Month) -> str:
    """A month in full: novembre 2026."""
    return format_date(one.first_day, "MMMM yyyy")


def short_month(one: Month) -> str:
    """A month where there is little room: 11/26."""
    return f"{one.number:02d}/{one.year % 100:02d}"


def period(asked: Period) -> dict[str, str]:
    """The ends of a period, for a sentence."""
    return {"first": month(asked.first), "last": month(asked.last)}
