"""The clock and the working days of France, by department."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal import clock

METROPOLITAN = [None, "01", "2A", "54", "75", "95"]
ALSACE_MOSELLE = ["57", "67", "68"]
OVERSEAS = ["971", "972", "973", "974", "976"]
DEPARTMENTS = METROPOLITAN + ALSACE_MOSELLE + OVERSEAS

days = st.dates(date(1990, 1, 1), date(2150, 12, 31))
departments = st.sampled_from(DEPARTMENTS)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 1, 14, 22, 59, tzinfo=UTC), date(2025, 1, 14)),
        (datetime(2025, 1, 14, 23, 0, tzinfo=UTC), date(2025, 1, 15)),  # winter: Paris is UTC+1
        (datetime(2025, 7, 14, 22, 0, tzinfo=UTC), date(2025, 7, 15)),  # summer: Paris is UTC+2
    ],
)
def test_today_is_the_day_in_paris(moment: datetime, day: date) -> None:
    with time_machine.travel(moment, tick=False):
        assert clock.today() == day


def test_local_keeps_the_moment_and_changes_the_clock_on_the_wall() -> None:
    moment = datetime(2025, 7, 1, 8, 30, tzinfo=UTC)
    assert clock.local(moment) == moment
    assert clock.local(moment).strftime("%H:%M") == "10:30"


def test_local_refuses_a_moment_without_time_zone() -> None:
    with pytest.raises(ValueError, match="without time zone"):
        clock.local(datetime(2025, 7, 1, 8, 30))  # noqa: DTZ001 (what is refused)


PUBLIC_HOLIDAYS = [
    date(2025, 1, 1),
    date(2025, 4, 21),  # Easter Monday
    date(2025, 5, 1),
    date(2025, 5, 8),
    date(2025, 5, 29),  # Ascension
    date(2025, 6, 9),  # Whit Monday
    date(2025, 7, 14),
    date(2025, 8, 15),
    date(2024, 11, 1),
    date(2025, 11, 11),
    date(2025, 12, 25),
    date(2026, 4, 6),  # Easter Monday
    date(2027, 3, 29),  # Easter Monday
]


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_the_eleven_public_holidays_are_days_off_everywhere(department: str | None) -> None:
    assert [day for day in PUBLIC_HOLIDAYS if clock.is_working_day(day, department)] == []


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_weekends_are_days_off_and_a_plain_week_is_worked(department: str | None) -> None:
    monday = date(2025, 9, 15)
    worked = [clock.is_working_day(monday + timedelta(days=n), department) for n in range(7)]
    assert worked == [True] * 5 + [False] * 2


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_good_friday_is_a_day_off_in_alsace_moselle_and_guadeloupe_only(department: str | None) -> None:
    off = department in {*ALSACE_MOSELLE, "971"}
    assert clock.is_working_day(date(2025, 4, 18), department) is not off


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_saint_stephen_is_a_day_off_in_alsace_moselle_only(department: str | None) -> None:
    assert clock.is_working_day(date(2025, 12, 26), department) is (department not in ALSACE_MOSELLE)


@pytest.mark.parametrize(
    ("day", "department"),
    [
        (date(2026, 4, 27), "976"),
        (date(2026, 5, 22), "972"),
        (date(2026, 5, 27), "971"),
        (date(2026, 6, 10), "973"),
        (date(2027, 12, 20), "974"),
    ],
)
def test_abolition_of_slavery_is_a_day_off_in_its_department_only(day: date, department: str) -> None:
    assert [code for code in DEPARTMENTS if not clock.is_working_day(day, code)] == [department]


@pytest.mark.parametrize("year", [2008, 2025, 2026, 2100, 2101, 2400])
def test_holidays_are_known_for_any_year(year: int) -> None:
    fixed = [date(year, month, day) for month, day in [(1, 1), (5, 1), (5, 8), (7, 14), (12, 25)]]
    assert not any(clock.is_working_day(day, None) for day in fixed)


def test_an_unknown_department_has_the_metropolitan_holidays() -> None:
    assert clock.is_working_day(date(2025, 4, 18), "999")
    assert not clock.is_working_day(date(2025, 5, 1), "999")


@pytest.mark.parametrize(
    ("start", "count", "department", "end"),
    [
        (date(2025, 9, 15), 0, "75", date(2025, 9, 15)),
        (date(2025, 9, 13), 0, "75", date(2025, 9, 13)),  # zero gives the start back, even a Saturday
        (date(2025, 9, 15), 5, "75", date(2025, 9, 22)),
        (date(2025, 9, 13), 1, "75", date(2025, 9, 15)),  # from a Saturday to the Monday
        (date(2025, 4, 17), 1, "75", date(2025, 4, 18)),  # Good Friday is worked in Paris
        (date(2025, 4, 17), 1, "67", date(2025, 4, 22)),  # but not in Alsace, and Monday is Easter
        (date(2025, 12, 24), 5, "75", date(2026, 1, 2)),  # across the end of the year
    ],
)
def test_add_working_days(start: date, count: int, department: str, end: date) -> None:
    assert clock.add_working_days(start, count, department) == end


def test_add_working_days_refuses_to_go_back() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        clock.add_working_days(date(2025, 9, 15), -1, None)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2025, 9, 15), date(2025, 9, 15), 0),
        (date(2025, 9, 15), date(2025, 9, 1), 0),
        (date(2025, 9, 12), date(2025, 9, 14), 0),  # Friday to Sunday
        (date(2025, 9, 12), date(2025, 9, 15), 1),  # Friday to Monday
        (date(2025, 4, 30), date(2025, 5, 9), 5),  # without 1 and 8 May
        (date(2024, 12, 31), date(2025, 12, 31), 251),
    ],
)
def test_working_days_between(start: date, end: date, count: int) -> None:
    assert clock.working_days_between(start, end, "75") == count


@given(start=days, count=st.integers(0, 60), department=departments)
def test_between_gives_back_what_add_added(start: date, count: int, department: str | None) -> None:
    end = clock.add_working_days(start, count, department)
    assert clock.working_days_between(start, end, department) == count
    assert count == 0 or clock.is_working_day(end, department)


@given(start=days, length=st.integers(-10, 800), department=departments)
def test_between_counts_the_working_days_one_by_one(start: date, length: int, department: str | None) -> None:
    end = start + timedelta(days=length)
    following = (start + timedelta(days=n) for n in range(1, length + 1))
    expected = sum(clock.is_working_day(day, department) for day in following)
    assert clock.working_days_between(start, end, department) == expected


@given(first=days, second=days, third=days, department=departments)
def test_between_adds_up(first: date, second: date, third: date, department: str | None) -> None:
    first, second, third = sorted([first, second, third])
    whole = clock.working_days_between(first, third, department)
    parts = [(first, second), (second, third)]
    assert whole == sum(clock.working_days_between(start, end, department) for start, end in parts)
