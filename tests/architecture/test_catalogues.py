"""The French catalogue says all that the portal says, in French."""

import re
from collections.abc import Iterator
from functools import cache, partial

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.source import ROOT

METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
SAME_IN_BOTH = re.compile(
    r"AMI phase \d|%\(label\)s \(%\(year\)d\)|Animation|Consolidation|Contact|Cookies|Danger|Date|Facilitation|Format"
    r"|HTML|Information|Interventions?|Menu|Participants|Basque|Breton|Occitan|Description"
    r"|(%\(num\)s )?([Oo]rganisations?|[Ss]ervices?|Sources?|PTCE)"
    r"|Absences|Administration|Agenda|Code|Compagnon PTCE|Conversation|Documents?|Invitations?|Journal|Public"
    r"|Questions?|Total"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
ENGLISH = re.compile(r"\b(the|and|of|with|your|you|this|that|for|is|are|not|request|support|partner)\b", re.I)
NEVER = re.compile(r"\b(tickets?|commandes?|prises? en charge|prestataires?|label\w*|lauréats?)\b", re.I)
WRONG = {
    "use ’ for an apostrophe": r"\w'\w",
    "put a no-break space before : ; ? ! % and »": r"[^\u00a0\u202f][;?!%»]|[^\u00a0\u202f]:(?!//|\w)|^[;?!%»]",
    "put a no-break space after «": r"«[^\u00a0\u202f]",
    "use « and » as quotation marks": r"[“”\"]",
    "remove the space at an end, or the double one": r"  |^ |(?<!:) $",
    "write … as one sign, and words without a middle dot": r"\.\.\.|\w·\w",
}
# One name for each thing: what it is called, and the names it had.
ONE_NAME = {
    "portail d’appui PTCE": r"portail d’appui aux PTCE|portail des PTCE",
    "famille (d’un service)": r"finalités? (du|d’un) (bouquet|service)|trois finalités|^Finalités?$",
    "double authentification": r"seconds? facteurs?|secondes? preuves?|secondes? étapes?|deux facteurs",
    "équipe (qui agit pour une organisation)": r"^Personnes :|[Cc]onfirmer les membres|membres sont confirmés",
    "personne référente": r"\(e\)|\(ne\)|\(s\)\b",
    "Toutes les régions, Tous les services": r"[Pp]eu importe",
    "Le portail (automatique)": r"de lui-même",
    "personne responsable": r"\b([Ll]e|[Dd]u|[Aa]u|[Ss]on) responsable\b(?! du traitement)",
    "personne destinataire": r"\b([Ll]e|[Dd]u|[Aa]u|[Ss]on) destinataire\b",
    "vous, d’un genre que nul ne connaît": r"[Vv]ous seul (?!ou)|ceux qui viennent|vous a (invité|nommé)\b(?! ou)"
    r"|[Vv]ous (êtes|avez été) (venu|inscrit|nommé|invité|relancé|averti)s?\b(?! ou)",
    "courriel": r"\b[Ee]-?mails?\b",
    "registre public (des PTCE)": r"[Aa]nnuaire public",
    "non remis": r"abandonnés?\b",
    "Activer ou désactiver": r"ou non$",
}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@cache
def written() -> frozenset[str | tuple[str, ...]]:
    """Every text of the code and the templates, those that are counted with their plural."""
    find = partial(extract_from_dir, method_map=METHODS, keywords=KEYWORDS)
    return frozenset(text[2] for folder in ("portal", "templates") for text in find(ROOT / folder))


def spoken() -> set[str]:
    """The same, as they begin."""
    return {forms(text)[0] for text in written()}


@cache
def french() -> Catalog:
    text = (ROOT / "portal/translations/fr/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    return read_po(text.splitlines(keepends=True), locale="fr", abort_invalid=True)


def pairs() -> Iterator[tuple[str, str]]:
    """English and French of each sentence, singular and plural."""
    for message in french():
        if message.id:
            yield from zip(forms(message.id), forms(message.string), strict=True)


def test_the_catalogue_holds_what_the_portal_says_and_nothing_else() -> None:
    held = {forms(message.id)[0] for message in french() if message.id}
    assert sorted(spoken() - held) == [], "make translations, then translate these"
    assert sorted(held - spoken()) == [], "nobody says these any more"
    assert not french().obsolete
    assert not [message.id for message in french() if message.id and message.fuzzy]


def test_each_sentence_is_translated_and_keeps_its_placeholders() -> None:
    assert [english for english, translated in pairs() if not translated] == []
    assert [one for one, other in pairs() if one == other and not SAME_IN_BOTH.fullmatch(one)] == []
    for english, translated in pairs():
        assert sorted(PLACEHOLDER.findall(translated)) == sorted(PLACEHOLDER.findall(english)), translated


def test_what_is_counted_somewhere_is_counted_wherever_it_is_said() -> None:
    """The gettext of some Pythons, that of Debian 12 among them, does not find it without its number."""
    counted = {text[0] for text in written() if isinstance(text, tuple)}
    assert sorted(counted & {text for text in written() if isinstance(text, str)}) == []


@pytest.mark.parametrize("advice", WRONG)
def test_french_is_written_as_it_is_printed(advice: str) -> None:
    printed = (PLACEHOLDER.sub("mot", translated) for _, translated in pairs())
    assert [text for text in printed if re.search(WRONG[advice], text)] == [], advice


def test_french_uses_our_words_and_no_english_ones() -> None:
    printed = [PLACEHOLDER.sub("", translated) for _, translated in pairs()]
    assert [text for text in printed if ENGLISH.search(text) or NEVER.search(text)] == []


@pytest.mark.parametrize("name", ONE_NAME)
def test_each_thing_has_one_name(name: str) -> None:
    printed = [PLACEHOLDER.sub("mot", translated).replace("\u00a0", " ") for _, translated in pairs()]
    assert [text for text in printed if re.search(ONE_NAME[name], text)] == [], name
