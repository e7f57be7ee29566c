"""Lengths in words."""

import pytest
from flask import Flask
from flask_babel import force_locale

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
        (15, "15 min (0 days)", "15 min (0 jour)"),
        (420, "7 h (1 day)", "7 h (1 jour)"),
        (300, "5 h (0.7 days)", "5 h (0,7 jour)"),
        (645, "10 h 45 (1.5 days)", "10 h 45 (1,5 jour)"),
        (1440, "24 h (3.4 days)", "24 h (3,4 jours)"),
    ],
)
def test_hours_then_days(app: Flask, minutes: int, english: str, french: str) -> None:
    for language, words in (("en", english), ("fr", french)):
        with app.test_request_context(), force_locale(language):
            assert durations.days(minutes) == words
