"""Quiet hours, and when digests come, by the clocks of the reader's place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.notifications.preferences.rules import DIGEST_HOURS, HOURS, Hours, Rhythm

PLACES = st.sampled_from([None, "76", "67", "971", "974"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (zoned)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.PARIS)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-03-04T21:30", "2026-03-05T08:00"),
        ("2026-03-05T03:00", "2026-03-05T08:00"),
        ("2026-03-05T07:59", "2026-03-05T08:00"),
        ("2026-03-05T08:00", "2026-03-05T08:00"),
        ("2026-03-04T19:59", "2026-03-04T19:59"),
    ],
)
def test_what_comes_in_quiet_hours_waits_for_their_end(at: str, leaves: str) -> None:
    assert Hours(quiet_from=20, quiet_until=8).after_quiet(paris(at)) == paris(leaves)


@pytest.mark.parametrize(
    ("after", "daily", "weekly"),
    [
        ("2026-03-04T07:59", "2026-03-04T08:00", "2026-03-09T08:00"),  # a Wednesday
        ("2026-03-04T08:00", "2026-03-05T08:00", "2026-03-09T08:00"),
        ("2026-03-06T09:00", "2026-03-09T08:00", "2026-03-09T08:00"),  # a Friday
        ("2026-04-03T09:00", "2026-04-07T08:00", "2026-04-07T08:00"),  # before Easter Monday
        ("2026-04-07T07:00", "2026-04-07T08:00", "2026-04-07T08:00"),  # the first working day of its week
    ],
)
def test_a_digest_comes_at_its_hour_of_a_working_day(after: str, daily: str, weekly: str) -> None:
    hours = Hours()
    assert hours.next_digest(Rhythm.DAILY, paris(after)) == paris(daily)
    assert hours.next_digest(Rhythm.WEEKLY, paris(after)) == paris(weekly)


def test_the_clocks_are_those_of_the_place() -> None:
    after = datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert Hours(place="974").next_digest(Rhythm.DAILY, after) == datetime(2026, 3, 4, 4, tzinfo=UTC)
    assert Hours(place="971").next_digest(Rhythm.DAILY, after) == datetime(2026, 3, 4, 12, tzinfo=UTC)


@given(MOMENTS, st.sampled_from(DIGEST_HOURS), PLACES, st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY]))
def test_a_digest_is_later_on_a_working_day_and_soon(
    after: datetime, hour: int, place: str | None, rhythm: Rhythm
) -> None:
    found = Hours(hour, place=place).next_digest(rhythm, after)
    here = clock.local(found, place)
    assert after < found <= after + timedelta(days=15)
    assert (here.hour, here.minute) == (hour, 0)
    assert clock.is_working_day(here.date(), place)
    if rhythm is Rhythm.WEEKLY:
        monday = here.date() - timedelta(days=here.weekday())
        before: list[date] = [monday + timedelta(days=n) for n in range(here.weekday())]
        assert not any(clock.is_working_day(day, place) for day in before), "the first of its week"


@given(MOMENTS, st.sampled_from(HOURS), st.sampled_from(HOURS), PLACES)
def test_nothing_waits_for_more_than_a_day_nor_arrives_in_quiet_hours(
    at: datetime, since: int, until: int, place: str | None
) -> None:
    hours = Hours(quiet_from=since, quiet_until=until, place=place)
    leaves = hours.after_quiet(at)
    assert at <= leaves < at + timedelta(hours=25)
    assert hours.after_quiet(leaves) == leaves
