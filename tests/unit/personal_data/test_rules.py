"""How long things are kept, said in words."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.personal_data import words
from portal.personal_data.rules import NOTICE, RULES, YEAR, Kept


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 jour"),
        (30, "30 jours"),
        (365, "12 mois"),
        (366, "12 mois"),
        (731, "2 ans"),
        (1095, "3 ans"),
        (1065, "2 ans et 11 mois"),
    ],
)
def test_a_length_of_time_is_said_in_round_words(app: Flask, days: int, said: str) -> None:
    with app.app_context(), force_locale("fr"):
        assert words.duration(timedelta(days=days)) == said


def test_every_rule_is_said() -> None:
    assert RULES.keys() == words.RETENTION.keys() == set(Kept)


def test_the_network_keeps_what_it_decided() -> None:
    """Three years for requests, two for accounts and thirty days of notice, twelve months for logs."""
    assert RULES[Kept.REQUESTS].after == 3 * YEAR
    assert RULES[Kept.APPLICATIONS].after == 3 * YEAR
    assert RULES[Kept.DORMANT_REQUESTS].after + NOTICE == RULES[Kept.REQUESTS].after
    assert RULES[Kept.IDLE_ACCOUNTS].after // YEAR == 2
    assert RULES[Kept.WARNED_ACCOUNTS].after == NOTICE
    for logs in (Kept.JOURNAL, Kept.SESSIONS, Kept.EMAILS):
        assert RULES[logs].after == YEAR
