"""Until when what was logged can be contested."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.interventions.confirmation.rules import WORKING_DAYS_TO_CONFIRM, Gone, last_day

MONDAY = date(2026, 3, 2)
ANA, BO = 1, 2
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_nobody_told_nothing_ends() -> None:
    assert last_day({}, {ANA}, (), None) is None


def test_it_is_the_seventh_working_day_after_the_delivery() -> None:
    assert last_day({ANA: MONDAY}, {ANA}, (), None) == date(2026, 3, 11)
    assert last_day({ANA: date(2026, 4, 30)}, {ANA}, (), None) == date(2026, 5, 13), (
        "1 and 8 May are holidays"
    )


def test_holidays_are_those_of_the_place() -> None:
    told = {ANA: date(2026, 5, 20)}
    assert last_day(told, {ANA}, (), "972") != last_day(told, {ANA}, (), None), "22 May in Martinique"


def test_who_was_told_first_counts() -> None:
    assert last_day({ANA: MONDAY + timedelta(days=9), BO: MONDAY}, {ANA, BO}, (), None) == date(2026, 3, 11)


def test_two_who_stand_in_for_each_other_are_both_away() -> None:
    last = MONDAY + timedelta(days=400)
    gone = [Gone(ANA, MONDAY, last, BO), Gone(BO, MONDAY, last, ANA)]
    assert last_day({ANA: MONDAY}, {ANA, BO}, gone, None) is None


@given(days, days, st.integers(0, 40))
def test_a_day_away_never_brings_the_end_nearer_and_seven_days_are_there(
    told: date, first: date, length: int
) -> None:
    gone = Gone(ANA, first, first + timedelta(days=length), None)
    until, without = last_day({ANA: told}, {ANA}, [gone], None), last_day({ANA: told}, {ANA}, (), None)
    assert until is not None
    assert without is not None
    assert until >= without
    between = (told + timedelta(days=each) for each in range(1, (until - told).days + 1))
    there = [day for day in between if clock.is_working_day(day, None) and not gone.first <= day <= gone.last]
    assert len(there) == WORKING_DAYS_TO_CONFIRM
