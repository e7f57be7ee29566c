"""How long to wait, in words."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from portal import clock
from portal.accounts.rules import Held
from portal.accounts.words import wait_in_words

WAITS = [
    (timedelta(seconds=-1), "1 minute", "1 minute"),
    (timedelta(seconds=1), "1 minute", "1 minute"),
    (timedelta(seconds=61), "2 minutes", "2 minutes"),
    (timedelta(minutes=52), "52 minutes", "52 minutes"),
    (timedelta(minutes=89), "89 minutes", "89 minutes"),
    (timedelta(minutes=90), "2 heures", "2 hours"),
    (timedelta(hours=23, seconds=1), "24 heures", "24 hours"),
]


@pytest.mark.parametrize(("wait", "french", "english"), WAITS)
def test_a_wait_is_never_announced_too_short(app: Flask, wait: timedelta, french: str, english: str) -> None:
    with app.test_request_context(), time_machine.travel(clock.now(), tick=False):
        held = Held(clock.now() + wait, network=False)
        for language, words in (("fr", french), ("en", english)):
            with force_locale(language):
                assert wait_in_words(held).replace("\N{NO-BREAK SPACE}", " ") == words
