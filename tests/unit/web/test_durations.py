"""Lengths in words."""

from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import days_of
from portal.web import durations


@pytest.mark.parametrize(
    ("minutes", "days"), [(0, 0), (420, 1), (210, 0.5), (105, 0.25), (15, 15 / 420), (840, 2), (1440, 24 / 7)]
)
def test_seven_hours_make_one_day(minutes: int, days: float) -> None:
    assert days_of(minutes) == days


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (15, "15\u00a0min (0 days)", "15\u00a0min (0\u00a0jour)"),
        (420, "7\u00a0h (1 day)", "7\u00a0h (1\u00a0jour)"),
        (300, "5\u00a0h (0.7 days)", "5\u00a0h (0,7\u00a0jour)"),
        (645, "10\u00a0h\u00a045 (1.5 days)", "10\u00a0h\u00a045 (1,5\u00a0jour)"),
        (1440, "24\u00a0h (3.4 days)", "24\u00a0h (3,4\u00a0jours)"),
    ],
)
def test_hours_then_days(app: Flask, minutes: int, english: str, french: str) -> None:
    for language, words in (("en", english), ("fr", french)):
        with app.test_request_context(), force_locale(language):
            assert durations.days(minutes) == words


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1h30", 90),
        ("1 h 30", 90),
        ("1\u00a0h\u202f30", 90),
        ("1H30 min", 90),
        ("1:30", 90),
        ("90", 90),
        ("90 min", 90),
        ("1,5", 90),
        ("1.5 h", 90),
        ("0,25", 15),
        ("2", 120),
        ("12", 720),
        ("15", 15),
        ("2 heures", 120),
        ("1 jour", 420),
        ("0,5 j", 210),
        ("0", 0),
    ],
)
def test_lengths_are_read_as_people_type_them(typed: str, minutes: int) -> None:
    assert durations.read(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", " ", "h", "un", "1h60", "1h3", "-15", "1,333", "1,5,5", "1e3", "٣", "½", "1h30 de plus"]
)
def test_what_is_no_length_is_none(typed: str) -> None:
    assert durations.read(typed) is None


@given(st.integers(1, 24 * 4).map(lambda quarters: 15 * quarters))
def test_what_is_shown_is_read_back(minutes: int) -> None:
    """Nothing is rounded: a quarter of an hour stays one, however it is written."""
    hours = Fraction(minutes, 60)
    decimal = f"{float(hours):g}"
    ways = [durations.length(minutes), f"{minutes} min", f"{decimal} h", decimal.replace(".", ",") + "h"]
    ways += [f"{minutes // 60}{between}{minutes % 60:02d}" for between in (":", "h", " h ")]
    assert [durations.read(way) for way in ways] == [minutes] * len(ways)


@given(st.text(max_size=12) | st.from_regex(r"[0-9hj:., min]{1,10}", fullmatch=True))
def test_whatever_is_typed_is_a_length_or_none(typed: str) -> None:
    minutes = durations.read(typed)
    assert minutes is None or minutes >= 0
