"""What the answers of mail servers mean for people, and when an e-mail is tried again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.notifications.claims.service import next_attempt
from portal.notifications.rules import (
    FIRST_DELAY,
    LONGEST_DELAY,
    MOST_ATTEMPTS,
    SHORTEST_SHARE,
    TRIED_FOR,
    Trouble,
    asks_for_less,
    trouble,
    usual_delay,
)
from portal.notifications.words import TROUBLES

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("550 5.1.1 User unknown", Trouble.UNKNOWN_ADDRESS),
        ("550 No such user here", Trouble.UNKNOWN_ADDRESS),
        ("550 5.2.1 Mailbox disabled", Trouble.UNKNOWN_ADDRESS),
        ("553 Mailbox name not allowed", Trouble.UNKNOWN_ADDRESS),
        ("552 5.2.2 Over quota", Trouble.MAILBOX_FULL),
        ("452 4.2.2 Over quota", Trouble.MAILBOX_FULL),
        ("552 Exceeded storage allocation", Trouble.MAILBOX_FULL),
        ("552 5.3.4 Message too big", Trouble.TOO_BIG),
        ("550 5.7.1 Looks like spam", Trouble.UNWANTED),
        ("450 4.7.1 Greylisted", Trouble.LATER),
        ("421 Busy", Trouble.LATER),
        ("550 5.7.26 Unauthenticated mail is not accepted", Trouble.UNWANTED),
        ("550 5.0.0 No such user here", Trouble.UNKNOWN_ADDRESS),
        ("550 5.1.8 Sender address rejected", Trouble.REFUSED),
        ("550 5.4.1 Access denied", Trouble.REFUSED),
        ("554 5.7.1 Relay access denied", Trouble.UNWANTED),
        ("554 5.1.2 Domain not found", Trouble.UNKNOWN_ADDRESS),
        ("554 Transaction failed", Trouble.REFUSED),
        ("not an address: 'zoe'", Trouble.NOT_AN_ADDRESS),
        ("UnicodeEncodeError: 'ascii' codec can't encode character", Trouble.NOT_AN_ADDRESS),
        ("not an e-mail: lone surrogate", Trouble.NOT_WRITTEN),
        ("TimeoutError: timed out", Trouble.NO_ANSWER),
        ("SMTPServerDisconnected: Connection unexpectedly closed", Trouble.NO_ANSWER),
        ("", Trouble.NO_ANSWER),
    ],
)
def test_an_answer_in_plain_words(answer: str, meaning: Trouble) -> None:
    assert trouble(answer) is meaning


def test_every_trouble_has_words() -> None:
    assert set(TROUBLES) == set(Trouble)


def test_each_wait_is_about_twice_the_one_before_and_never_endless() -> None:
    for attempts in range(1, MOST_ATTEMPTS + 1):
        usual = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
        waits = [next_attempt(NOW, attempts) - NOW for _ in range(50)]
        assert usual * 0.75 <= min(waits) < max(waits) <= usual * 1.25


def test_a_mail_server_away_for_a_weekend_loses_nothing_and_the_document_says_for_how_long() -> None:
    shortest = sum((usual_delay(one) * SHORTEST_SHARE for one in range(1, MOST_ATTEMPTS)), timedelta())
    assert shortest >= TRIED_FOR > timedelta(days=2)
    document = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
    assert f"for at least {TRIED_FOR.days} days" in document.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "is_asked"),
    [
        ("421 Too many connections", True),
        ("450 4.7.1 Too many messages, slow down", True),
        ("451 4.3.2 Please try again later", True),
        ("452 4.2.2 Over quota", False),
        ("450 4.2.0 Greylisted", False),
        ("550 5.7.1 Looks like spam", False),
        ("TimeoutError: timed out", False),
    ],
)
def test_what_asks_for_less_is_about_the_domain_and_not_one_mailbox(answer: str, is_asked: bool) -> None:
    assert asks_for_less(answer) is is_asked
