"""Months and periods of the figures."""

from datetime import UTC, date, datetime

import pytest

from portal.usage.rules import Month, Period, default_period


def test_a_month_begins_at_midnight_in_paris_in_winter_and_in_summer() -> None:
    assert Month(2026, 1).start == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert Month(2026, 7).start == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_the_months_of_a_change_of_hour_are_an_hour_shorter_or_longer() -> None:
    march = Month(2026, 4).start.astimezone(UTC) - Month(2026, 3).start.astimezone(UTC)
    october = Month(2026, 11).start.astimezone(UTC) - Month(2026, 10).start.astimezone(UTC)
    assert march.total_seconds() / 3600 == 31 * 24 - 1
    assert october.total_seconds() / 3600 == 31 * 24 + 1


def test_a_written_month_is_read_and_written_back() -> None:
    assert Month.read("2026-11") == Month(2026, 11)
    assert str(Month(2026, 2)) == "2026-02"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-11-01", "0000-01", "x"]
)
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        Month.read(text)


def test_months_go_over_the_year() -> None:
    assert Month(2026, 12).plus(1) == Month(2027, 1)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2026, 11).plus(-12) == Month(2025, 11)


def test_a_period_holds_both_its_ends() -> None:
    period = Period(Month(2025, 11), Month(2026, 2))
    assert [str(month) for month in period.months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert period.length == 4
    assert period.after == Month(2026, 3)


def test_the_usual_period_is_twelve_full_months_and_the_current_one() -> None:
    assert default_period(date(2026, 11, 23)) == Period(Month(2025, 11), Month(2026, 11))
    assert default_period(date(2026, 1, 1)).length == 13
