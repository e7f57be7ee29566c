"""What the answers of mail servers mean for people, and when an e-mail is tried again."""

from datetime import UTC, datetime

import pytest

from portal.notifications.outbox import FIRST_DELAY, LONGEST_DELAY, MOST_ATTEMPTS, next_attempt
from portal.notifications.rules import Trouble, trouble
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
        ("554 Transaction failed", Trouble.REFUSED),
        ("not an address: 'zoe'", Trouble.NOT_AN_ADDRESS),
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
