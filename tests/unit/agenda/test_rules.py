"""The days of a week and of a month, at the ends of years and in leap years."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.agenda.rules import month_of, week_of

DAYS = st.dates(date(2016, 1, 1), date(2036, 12, 31))


@given(DAYS)
def test_a_week_goes_from_monday_to_sunday_and_the_next_follows(day: date) -> None:
    week = week_of(day)
    assert week.first.weekday() == 0
    assert len(week.each) == 7
    assert day in week.each
    assert week_of(week.after).first == week.last + timedelta(days=1)
    assert week_of(week.before).last == week.first - timedelta(days=1)


@given(DAYS)
def test_a_month_holds_its_days_in_whole_weeks(day: date) -> None:
    month = month_of(day)
    assert {each.month for each in month.each} == {day.month}
    assert {month.before.month, month.after.month}.isdisjoint({day.month})
    drawn = [each for week in month.weeks for each in week]
    assert [each for each in drawn if each in month.each] == month.each
    assert len(drawn) % 7 == 0


def test_the_month_before_the_first_is_of_the_year_before() -> None:
    assert month_of(month_of(date(2027, 1, 15)).before).first == date(2026, 12, 1)
    assert month_of(date(2028, 2, 1)).last == date(2028, 2, 29)
