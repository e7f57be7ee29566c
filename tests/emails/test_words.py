"""What each e-mail says to its reader, whatever it is about: all kinds are gone through."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from flask import Flask

from tests.emails.test_snapshots import KINDS, LANGUAGES, in_language

TO_OTHERS = ("_participant", "_cell", "_partner", "_manager", "_team", "_practitioner", "_national")
"""How kinds end that no pole reads."""
NOT_TO_A_POLE = {
    "conversation/note": "a note is never a pole’s",
    "conversation/mention_in_note": "the same",
    "conversation/guest_invited": "a guest is no pole’s",
    "conversation/guest_infected": "the same",
    "conversation/guest_message": "the same",
    "teams/nobody_left": "the national cell reads it",
    "reminders/held": "the same",
    "requests/in_your_name": "somebody of a partner reads it",
    "catalogue/check_due": "to who keeps the sheet of a service",
    "applications/link": "an address that nobody has shown to read: it repeats nothing of anybody",
    "applications/draft_expires": "the same",
    "calendars/taken_out": "it says nothing but what leaves the calendar",
    "applications/infected": "the same",
    "applications/contact_named": "the same",
    "mailbox/stranger": "the same",
    "accounts/invitation": "the same",
    "safety/confirm_address": "the same",
    "accounts/reset_instructions": "asked for by whoever knows the address, and as quick where it has no account",
    "safety/address_taken": "the same",
    "accounts/account_closed": "they are of no pole any more",
}
OF_A_POLE = [kind for kind in KINDS if not kind.endswith(TO_OTHERS) and kind not in NOT_TO_A_POLE]


@pytest.fixture(autouse=True)
def _fixed(app: Flask) -> Iterator[None]:
    with app.app_context(), time_machine.travel("2026-03-04T09:30:00+01:00", tick=False):
        yield


def test_who_reads_no_contact_is_known() -> None:
    assert NOT_TO_A_POLE.keys() - KINDS == set()


def test_a_pole_reads_whom_to_call_at_its_cell() -> None:
    call = "Inès Delorme, 02 35 00 00 01"
    without = [
        (kind, language)
        for kind in OF_A_POLE
        for language in LANGUAGES
        for text in (in_language(kind, language).text, in_language(kind, language).html)
        if call not in re.sub(r"<[^>]+>", "", text)
    ]
    assert without == []


def first_sentence(kind: str, language: str) -> str:
    """What stands first in the text, under the mark for those who answer."""
    text = in_language(kind, language).text
    return next(line for line in text.splitlines() if line and not line.startswith("##-"))


def facts_until_when(kind: str, language: str) -> list[str]:
    """The days by which its reader is expected to do something, as the facts say them."""
    label = {
        "fr": r"(?:attendue|Connectez-vous|fonctionne|À rendre|À faire|Gardée).*?(?:plus tard le|jusqu’au)",
        "en": r"(?:Answer due|Sign in|Due|To be done) by|works until|Kept .* until",
    }
    return re.findall(rf"^- {label[language]}\s?: (.+)$", in_language(kind, language).text, re.MULTILINE)


def only_informs(kind: str) -> bool:
    return in_language(kind, "fr").subject.startswith("Pour information")


def test_its_subject_begins_with_the_act_in_english_too() -> None:
    english = {kind: in_language(kind, "en").subject for kind in KINDS}
    assert [
        kind for kind in KINDS if english[kind].startswith("For information: ") != only_informs(kind)
    ] == []
    assert [kind for kind in KINDS if re.match(r"(The|A|An|Your|You) ", english[kind])] == []


def test_its_first_sentence_says_what_is_expected() -> None:
    """Where something is; the subject says where nothing is."""
    expects = re.compile(r"^[A-ZÉ][a-zé]+(ez|tes)\b|n’est attendu de vous")
    assert [
        kind for kind in KINDS if not only_informs(kind) and not expects.search(first_sentence(kind, "fr"))
    ] == []


def test_its_first_sentence_says_until_when() -> None:
    unsaid = [
        (kind, language, day)
        for kind in KINDS
        for language in LANGUAGES
        for day in facts_until_when(kind, language)
        if not only_informs(kind) and day not in first_sentence(kind, language)
    ]
    assert unsaid == []


NAMES = ("Agence Alliée", "Coopérative Les Passerelles", "Pôle des", "Pôle de la", "Anne", "Inès", "Étangs")


def test_no_name_follows_a_word_that_would_melt_into_it() -> None:
    """“de Agence Alliée” is d’Agence, “à Pôle” is au Pôle: names stand where no such word precedes them."""
    melts = re.compile(rf"\b((?:de|que|le|la|du|auprès de) (?:{'|'.join(NAMES)})|à Pôle)\b")
    assert [
        (kind, match[0])
        for kind in KINDS
        for text in (in_language(kind, "fr").subject, in_language(kind, "fr").text)
        if (match := melts.search(text))
    ] == []


def test_nothing_is_printed_as_a_machine_would() -> None:
    """No day as 2026-03-04, no space twice or before a comma, no empty brackets, no mark of a sentence twice."""
    odd = re.compile(r"\b\d{4}-\d\d-\d\d\b|\S  +\S|\s[,.](?!\w)|\(\s*\)|«\s*»|“”|[,;:]\s*[,.;]|\.\.(?!\.)")
    assert [
        (kind, language, match[0])
        for kind in KINDS
        for language in LANGUAGES
        for text in (in_language(kind, language).subject, in_language(kind, language).text)
        if (match := odd.search(text))
    ] == []


ONLY_BESIDE_A_BUTTON = {
    "fr": "Si le bouton ne fonctionne pas, copiez cette adresse",
    "en": "If the button does not work, copy this address",
}


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"http\S+|##-.*-##", " ", unescape(text))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_text_says_what_its_html_says(language: str) -> None:
    differ = {}
    for kind in KINDS:
        rendered = in_language(kind, language)
        page = words_of(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", rendered.html))
        apart = (page ^ words_of(rendered.text)) - words_of(ONLY_BESIDE_A_BUTTON[language])
        if apart - words_of(rendered.subject):
            differ[kind] = apart
    assert differ == {}
