"""Common passwords are refused, however they are dressed; passphrases of common words are welcome."""

import json
import sys

import pytest
from flask import Flask

from portal.accounts import rules
from portal.accounts.passwords import service as passwords
from portal.accounts.passwords.service import is_common


def refused(typed: str) -> bool:
    return rules.is_made_of_common(typed, is_common)


@pytest.mark.parametrize(
    "typed",
    [
        "1qaz2wsx3edc4rfv",
        "qwertyasdfghjkl",
        "motdepassemotdepasse",
        "MarseilleMarseille",
        "Choupinette2026!",
        "chocolat-soleil",
        "Ch0c0l@t s0leil",
        "papillon papillon papillon",
        "finalfantasy2024",
        "leavemealone",
    ],
)
def test_what_many_people_use_is_refused(typed: str) -> None:
    assert refused(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "quatre mots bien ordinaires",
        "trois petits chats dorment au grenier",
        "correct horse battery staple",
        "soleil chocolat papillon marseille",
        "trois pommes et un vélo bleu",
        "la coopérative du lin recrute",
    ],
)
def test_a_passphrase_is_welcome(typed: str) -> None:
    assert not refused(typed)


@pytest.mark.parametrize("typed", ["", "\n", "\n" * 20, "123456\nazerty", "é" * 200, "x" * 200])
def test_nothing_breaks_it(typed: str) -> None:
    refused(typed)


def test_a_line_of_the_list_is_not_a_word() -> None:
    assert is_common("azerty")
    assert is_common("marseille")
    assert not is_common("azerty\nqwerty")
    assert not is_common("# Passwords used by many")
    assert not is_common("")


def test_the_list_is_small_in_memory() -> None:
    assert sys.getsizeof(passwords._common()) < 300_000


def test_the_meter_gets_the_rules_of_the_server(app: Flask) -> None:
    with app.test_request_context():
        told = json.loads(passwords.rules_for_the_meter())
    assert told["shortest"] == rules.SHORTEST_PASSPHRASE
    assert "azerty" in told["obvious"]
    assert told["own"] == []
