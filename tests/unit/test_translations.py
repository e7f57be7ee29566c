"""Tests on old translations would fail in many places, and nowhere say why."""

import os
from pathlib import Path

from tests import catalogues


def test_translations_that_were_not_compiled_stop_the_tests_at_once(tmp_path: Path) -> None:
    text = tmp_path / "fr/LC_MESSAGES/messages.po"
    made = text.with_suffix(".mo")
    text.parent.mkdir(parents=True)
    text.touch()
    assert catalogues.stale(tmp_path) == [made]
    made.touch()
    os.utime(text, (1, 1))
    assert catalogues.stale(tmp_path) == []
    os.utime(made, (0, 0))
    assert catalogues.stale(tmp_path) == [made]
