"""A last day is said as people say it: by its nearness in their own place, and by working days."""

from datetime import date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from portal import clock
from portal.web import deadlines

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=clock.PARIS)


@pytest.fixture
def said(app: Flask):
    def say(day: date, language: str = "en", now: datetime = WEDNESDAY, place: str | None = None) -> str:
        with app.test_request_context(), force_locale(language), clock.travelling_to(now):
            return deadlines.until(day, place).label

    return say


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (date(2026, 11, 23), "2 working days late", "2 jours ouvrés de retard"),
        (date(2026, 11, 24), "1 working day late", "1 jour ouvré de retard"),
        (date(2026, 11, 20), "3 working days late", "3 jours ouvrés de retard"),
        (date(2026, 11, 25), "today, Wednesday 25", "aujourd’hui, mercredi 25"),
        (date(2026, 11, 26), "tomorrow, Thursday 26", "demain, jeudi 26"),
        (date(2026, 11, 27), "Friday 27, in 2 working days", "vendredi 27, dans 2 jours ouvrés"),
        (date(2026, 12, 1), "Tuesday 1, in 4 working days", "mardi 1er, dans 4 jours ouvrés"),
        (date(2026, 12, 2), "Wednesday 2 December", "mercredi 2 décembre"),
    ],
)
def test_each_day_in_words(said, day: date, english: str, french: str) -> None:
    assert said(day) == english
    assert said(day, "fr") == french


def test_a_weekend_makes_nobody_late_by_working_days(said) -> None:
    saturday = datetime(2026, 11, 28, 9, 0, tzinfo=clock.PARIS)
    assert said(date(2026, 11, 27), now=saturday) == "late since Friday 27"


def test_the_day_is_that_of_the_place(said) -> None:
    """Half past eleven in the evening in Paris is tomorrow on Réunion."""
    night = datetime(2026, 11, 25, 23, 30, tzinfo=clock.PARIS)
    assert said(date(2026, 11, 26), now=night) == "tomorrow, Thursday 26"
    assert said(date(2026, 11, 26), now=night, place="974") == "today, Thursday 26"
