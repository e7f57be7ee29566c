"""Words as they are kept, asked for and marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search import rules
from portal.text import one_line


def finds(typed: str, text: str) -> bool:
    """Is a text found by what was typed?"""
    kept = rules.key("request", (), [text]).split()
    wanted = rules.asked(typed)
    return bool(wanted.terms) and all(term.is_in(kept) for term in wanted.terms)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("oeuvre", "Maîtrise d’Œuvre"),
        ("Œuvre", "maitrise d'oeuvre"),
        ("ex aequo", "Deux projets ex æquo"),
        ("créées", "deux sociétés creees"),
        ("creees", "deux sociétés créées"),
        ("crée", "des emplois créés"),
        ("accompagner", "un accompagnement de six mois"),
        ("ateliers", "Un atelier"),
        ("financeme", "Le financement"),
        ("financements", "Un financement"),
        ("territoriale", "des pôles territoriaux"),
        ("l'atelier", "Atelier bois"),
        ("workshops", "A workshop"),
        ("studies", "A feasibility study"),
        ("study", "Feasibility studies"),
        ("1234-5678", "Demande 1234-5678"),
        ("12345678", "Demande 1234-5678"),
        ("1234 5678", "Demande 1234-5678"),
        ("1234\N{NON-BREAKING HYPHEN}5678", "Demande 1234-5678"),
        ("12345678", "Demande 2024 1234-5678"),
        ("1234 5678", "numéro 12345678"),
        ("0612345678", "06 12 34 56 78"),
        ("06 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("06 12 34", "06 12 34 56 78"),
        ("0612", "06 12 34 56 78"),
        ("+33 6 12 34 56 78", "06 12 34 56 78"),
        ("06 12 34 56 78", "+33 (0)6 12 34 56 78"),
        ("0033612345678", "06-12-34-56-78"),
        ("appelez le 06 12 34 56 78", "Appelez-moi au 06.12.34.56.78"),
        ("pré\u0301paration", "preparation"),
        ("عربي", "نص عربي"),
        ("3D", "une imprimante 3D"),
        ("zoe.martin@exemple.fr", "zoe.martin@exemple.fr"),
        ("plan b", "Le plan A"),
    ],
)
def test_found(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("créer", "du crédit"),
        ("12345679", "1234-5678"),
        ("0612345679", "06 12 34 56 78"),
        ("atelier bois", "un atelier"),
        ("ia", "un iana"),
    ],
)
def test_not_found(typed: str, text: str) -> None:
    assert not finds(typed, text)


@pytest.mark.parametrize(
    "typed", ["", " ", "l", "de la", "the of", "%", '"', "*", "()", "\0", "\u202e", "'", "^", "=", "_"]
)
def test_what_asks_for_nothing(typed: str) -> None:
    assert rules.asked(typed).terms == ()


def test_operators_are_words() -> None:
    words = [term.text for term in rules.asked('compost* AND NOT "near" NEAR(a b) title:x OR ^start').terms]
    assert words == ["compost", "near", "title", "start"]


def test_what_is_long_is_cut_and_said() -> None:
    words = " ".join(f"mot{number}x" for number in range(40))
    assert rules.asked(words).cut
    assert len(rules.asked(words).terms) == rules.MOST_WORDS
    assert rules.asked("a" * 1001).cut
    assert not rules.asked("atelier " * 50).cut


def test_a_title_is_kept_apart() -> None:
    kept = rules.key("request", ["Atelier"], ["compost"]).split()
    titled = [term.in_titles().is_in(kept) for term in rules.asked("atelier compost").terms]
    assert titled == [True, False]
    assert rules.key("request", ["", " "], ["de la"]) == ""


def test_what_is_kept_apart_is_not_found_with_the_rest() -> None:
    kept = rules.key("request", (), (), ["06 12 34 56 78"]).split()
    (number,) = rules.asked("0612345678").terms
    assert (number.is_in(kept), number.apart().is_in(kept)) == (False, True)


def test_marks_tell_where() -> None:
    said = rules.marked("Des <b>ateliers</b> au 06 12 34 56 78.", rules.asked("atelier 0612345678"))
    assert [piece.text for piece in said if piece.found] == ["ateliers", "06 12 34 56 78"]


def test_an_excerpt_stands_around_what_is_asked() -> None:
    long = f"{'Rien ici. ' * 100}Un atelier de compostage. {'Rien là. ' * 100}"
    said = rules.excerpt(["Rien", long], rules.asked("compostage atelier"))
    shown = "".join(piece.text for piece in said)
    assert "atelier de compostage" in shown
    assert len(shown) < rules.EXCERPT + 20
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert rules.excerpt(["Rien"], rules.asked("compostage")) == []


@given(st.text(max_size=300).map(one_line), st.text(max_size=30))
def test_any_text_is_kept_and_marked(text: str, typed: str) -> None:
    """A text is whole in its pieces; words are letters and digits alone; a text is found by each of its words."""
    wanted = rules.asked(typed)
    assert "".join(piece.text for piece in rules.marked(text, wanted)) == text
    rules.excerpt([text], wanted)
    kept = rules.key("request", [text], [text]).split()
    assert all(word.lstrip("^=~").isalnum() for word in kept)
    assert all(token.text.isalnum() for term in wanted.terms for way in term.ways for token in way)
    for term in rules.asked(text).terms:
        assert term.is_in(kept), term
