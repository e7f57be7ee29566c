"""What each e-mail says to its reader, whatever it is about: all kinds are gone through."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from portal.notifications.previews import service as previews
from tests.emails.test_snapshots import KINDS

OF_A_POLE = [
    kind
    for kind in KINDS
    if kind.endswith("_pole") or kind in {"conversation/message", "conversation/mention"}
]

each_language = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture(autouse=True)
def _fixed(app: Flask) -> Iterator[None]:
    with app.app_context(), time_machine.travel("2026-03-04T09:30:00+01:00", tick=False):
        yield


@pytest.mark.parametrize("kind", OF_A_POLE)
@each_language
def test_a_pole_reads_whom_to_call_at_its_cell(kind: str, language: str) -> None:
    rendered = previews.rendered(kind, language)
    for text in (rendered.text, rendered.html):
        assert "Inès Delorme, 02 35 00 00 01" in re.sub(r"<[^>]+>", "", text)
