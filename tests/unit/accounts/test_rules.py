"""How often one may try, and what passes for a passphrase."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access.roles import Role
from portal.accounts import rules
from portal.accounts.rules import ACCOUNT, NETWORK, Limit, wait_until
from portal.accounts.words import ROLES

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWN = ("zoe.martin@exemple.test", "Zoé", "Martin")


def test_less_than_five_failures_cost_no_wait() -> None:
    assert wait_until([NOW] * 4, ACCOUNT, NOW) is None


def test_an_office_waits_only_after_a_hundred() -> None:
    assert wait_until([NOW] * 99, NETWORK, NOW) is None
    assert wait_until([NOW] * 100, NETWORK, NOW) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("limit", "waits"),
    [
        (ACCOUNT, [(5, 60), (6, 120), (7, 240), (8, 480), (9, 960), (10, 1920), (11, 3600), (24, 3600)]),
    ],
)
def test_the_wait_doubles_up_to_a_block(limit: Limit, waits: list[tuple[int, int]]) -> None:
    for failures, seconds in waits:
        until = NOW + timedelta(seconds=seconds)
        assert wait_until([NOW] * failures, limit, NOW) == until
        if seconds < limit.window.total_seconds():
            assert wait_until([NOW] * failures, limit, until) is None


def test_no_more_than_twenty_five_in_a_day() -> None:
    failures = [NOW + timedelta(minutes=minute) for minute in range(25)]
    assert wait_until(failures, ACCOUNT, NOW + timedelta(hours=23)) == NOW + timedelta(hours=24)
    assert wait_until(failures, ACCOUNT, NOW + timedelta(hours=24, minutes=10)) is None


@given(st.lists(st.integers(0, 48 * 3600), max_size=60), st.integers(0, 72 * 3600))
def test_a_wait_always_ends(seconds: list[int], later: int) -> None:
    attempts = [NOW + timedelta(seconds=second) for second in sorted(seconds)]
    now = NOW + timedelta(seconds=max(seconds, default=0) + later)
    until = wait_until(attempts, ACCOUNT, now)
    if until is not None:
        assert now < until <= now + ACCOUNT.window
        assert wait_until(attempts, ACCOUNT, now + ACCOUNT.window) is None


def test_an_address_is_written_in_one_way() -> None:
    assert rules.canonical_email("  Zoe\u0301@Exemple.TEST\n") == "zoé@exemple.test"


@pytest.mark.parametrize(
    "passphrase",
    [
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "motdepasse1234",
        "Mot de passe 2026 !",
        "azertyuiop12",
        "123456789012",
        "ZoéMartin2026!",
        "zoe.martin@exemple.test",
        "Bienvenue-PTCE-2026",
        "password password",
        "            ",
    ],
)
def test_what_anybody_would_try_first_is_easy_to_guess(passphrase: str) -> None:
    assert rules.is_easy_to_guess(passphrase, OWN)


@pytest.mark.parametrize(
    "passphrase",
    [
        "bouquet-de-demonstration",
        "quatre mots bien ordinaires",
        "trois petits chats",
        "Le soleil de Saint-Étienne",
        "xK9#mQ2$vL7!",
        "8!3$9@2#5%7^Ab",
        "Martin mange des pommes vertes",
        "パスワードを忘れた人の長い文",
    ],
)
def test_ordinary_words_make_a_good_one(passphrase: str) -> None:
    assert not rules.is_easy_to_guess(passphrase, OWN)


def test_every_role_has_words() -> None:
    assert ROLES.keys() == set(Role)
