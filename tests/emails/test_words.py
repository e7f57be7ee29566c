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


def first_sentence(kind: str, language: str) -> str:
    """What stands first in the text, under the mark for those who answer."""
    text = previews.rendered(kind, language).text
    return next(line for line in text.splitlines() if line and not line.startswith("##-"))


def facts_until_when(kind: str, language: str) -> list[str]:
    """The days by which something is expected, as the facts say them."""
    label = {
        "fr": r"(?:attendue|Connectez-vous|fonctionne).*?(?:plus tard le|jusqu’au)",
        "en": r"(?:Answer due|Sign in) by|works until",
    }
    return re.findall(
        rf"^- .*{label[language]}\s?: (.+)$", previews.rendered(kind, language).text, re.MULTILINE
    )


@pytest.mark.parametrize("kind", KINDS)
def test_its_subject_begins_with_the_act_in_english_too(kind: str) -> None:
    french, english = (previews.rendered(kind, language).subject for language in ("fr", "en"))
    assert french.startswith("Pour information") == english.startswith("For information: ")
    assert not re.match(r"(The|A|An|Your|You) ", english)


@pytest.mark.parametrize("kind", KINDS)
def test_its_first_sentence_says_what_is_expected(kind: str) -> None:
    """Where something is; the subject says where nothing is."""
    if not previews.rendered(kind, "fr").subject.startswith("Pour information"):
        assert re.search(r"^[A-ZÉ][a-zé]+(ez|tes)\b|n’est attendu de vous", first_sentence(kind, "fr"))


@pytest.mark.parametrize("kind", KINDS)
@each_language
def test_its_first_sentence_says_until_when(kind: str, language: str) -> None:
    if not previews.rendered(kind, "fr").subject.startswith("Pour information"):
        for day in facts_until_when(kind, language):
            assert day in first_sentence(kind, language)


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_follows_a_word_that_would_lose_its_vowel(kind: str) -> None:
    """“de Agence Alliée”: French says d’Agence, so names stand where no such word precedes them."""
    rendered = previews.rendered(kind, "fr")
    for text in (rendered.subject, rendered.text):
        assert not re.search(r"\b(de|que|le|la) (?=Agence|Anne|Inès|Étangs)", text)
