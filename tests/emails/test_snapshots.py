"""Every e-mail as people will read it, in both languages, compared with what was agreed.

After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/emails, then read the difference before committing it.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from markupsafe import escape

from portal.notifications.emails import Rendered
from portal.notifications.previews import service as previews

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"
LANGUAGES = ("fr", "en")
KINDS = sorted(
    f"{path.parent.parent.name}/{path.stem}"
    for path in (ROOT / "templates").glob("*/emails/*.html")
    if not path.stem.startswith("_")
)
LONGEST_SUBJECT = 120
# What to do, to whoever reads ("Répondez…"), or that there is nothing to do.
TOLD = re.compile(r"[A-ZÉ][a-zéêè]+ez\b|Pour information\s: ")
NOT_FINISHED = re.compile(r"%\(|\{\{|\{%|\bNone\b|\bUndefined\b|<portal\.")

each_kind = pytest.mark.parametrize("kind", KINDS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(autouse=True)
def _fixed(app: Flask) -> Iterator[None]:
    with app.app_context(), time_machine.travel("2026-03-04T09:30:00+01:00", tick=False):
        yield


@cache
def in_language(kind: str, language: str) -> Rendered:
    """An e-mail, drawn once for all that is asked of it."""
    assert kind in previews.kinds(), (
        f"register an example of {kind}: see portal/notifications/previews/service.py"
    )
    return previews.rendered(kind, language)


def snapshot_of(kind: str, language: str) -> Path:
    return SNAPSHOTS / f"{kind}.{language}.txt"


def test_every_template_has_an_example_and_every_example_a_template(app: Flask) -> None:
    assert previews.kinds() == KINDS


def test_no_snapshot_is_left_over(app: Flask) -> None:
    expected = {snapshot_of(kind, language) for kind in KINDS for language in LANGUAGES}
    left = set(SNAPSHOTS.rglob("*.txt")) - expected
    if UPDATE:
        for path in left:
            path.unlink()
    else:
        assert left == set()


@each_kind
@each_language
def test_it_reads_as_agreed(kind: str, language: str) -> None:
    rendered = in_language(kind, language)
    now = f"Subject: {rendered.subject}\n\n{rendered.text}"
    path = snapshot_of(kind, language)
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert path.exists(), "no snapshot yet: UPDATE_SNAPSHOTS=1 pytest tests/emails"
    assert now == path.read_text(encoding="utf-8")


@each_kind
@each_language
def test_it_is_finished(kind: str, language: str) -> None:
    rendered = in_language(kind, language)
    assert 0 < len(rendered.subject) <= LONGEST_SUBJECT
    for text in (rendered.subject, rendered.text, rendered.html):
        assert not NOT_FINISHED.search(text), text
    assert f'<html lang="{language}">' in rendered.html


@each_kind
def test_french_and_english_differ(kind: str) -> None:
    french, english = (in_language(kind, language) for language in LANGUAGES)
    assert french.subject != english.subject
    assert french.text != english.text


@each_kind
@each_language
def test_it_leads_to_the_very_page_and_loads_nothing(app: Flask, kind: str, language: str) -> None:
    _recipient, message = previews.example(kind, language)
    rendered = in_language(kind, language)
    assert message.action_url in rendered.text
    assert f'href="{escape(message.action_url)}"' in rendered.html
    assert not re.search(r"<(img|link|script|iframe|object|video)\b|url\(|\bsrc=", rendered.html)
    for address in re.findall(r'href="([^"]+)"', rendered.html):
        assert address.startswith((app.config["PORTAL_URL"], "mailto:")), address


def test_its_subject_says_what_to_do_or_that_it_only_informs() -> None:
    subjects = {kind: in_language(kind, "fr").subject for kind in KINDS}
    assert {kind: subject for kind, subject in subjects.items() if not TOLD.match(subject)} == {}
