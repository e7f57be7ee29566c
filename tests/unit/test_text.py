"""The key under which text is searched and sorted, and text as it is typed and kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import isolated, one_line, plain_address, search_key, several_lines
from tests.hostile import BETWEEN, SHOWING_NOTHING, wrong_in_one_line
from tests.hostile import texts as hostile


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""),
        ("  \t\n", ""),
        ("…!?", ""),
        ("Île-de-France", "ile de france"),
        ("Provence-Alpes-Côte d’Azur", "provence alpes cote d azur"),
        ("Provence-Alpes-Côte d'Azur", "provence alpes cote d azur"),
        ("L’Œuvre d’Été", "l oeuvre d ete"),
        ("Lætitia", "laetitia"),
        ("MEUNERIE, alimentation", "meunerie alimentation"),
        ("La Serre – Le Multiple", "la serre le multiple"),
        ("« Coat&co »", "coat co"),
        ("snake_case", "snake case"),
        ("Straße", "strasse"),
        ("Łukasz Đorđe Søren", "lukasz dorde soren"),
        ("e\u0301te\u0301", "ete"),  # accents typed as separate characters
        ("No\u00a0break\u202fspace", "no break space"),
        ("PEPSS 30", "pepss 30"),
        ("50 m²", "50 m2"),
    ],
)
def test_search_key(text: str, key: str) -> None:
    assert search_key(text) == key


def test_french_order() -> None:
    words = ["Zoé", "Œillet", "étude", "Offre", "Eté", "éclair", "Odyssée", "Ouest"]
    in_order = ["éclair", "Eté", "étude", "Odyssée", "Œillet", "Offre", "Ouest", "Zoé"]
    assert sorted(words, key=search_key) == in_order


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text())
def test_words_are_separated_by_single_spaces(text: str) -> None:
    key = search_key(text)
    assert key == " ".join(key.split())


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿ'-, "))
def test_case_does_not_matter(text: str) -> None:
    assert search_key(text.upper()) == search_key(text)


@pytest.mark.parametrize("between", BETWEEN)
def test_one_line_holds_one_line_and_nothing_unseen(between: str) -> None:
    for text in (f"Eve{between}{between}Gain : http://x", f"{between}Eve", f"Eve{between}"):
        assert wrong_in_one_line(one_line(text)) == []
        assert "Eve" in one_line(text)


@pytest.mark.parametrize("nothing", SHOWING_NOTHING)
def test_what_shows_nothing_is_empty(nothing: str) -> None:
    assert (one_line(nothing), several_lines(nothing)) == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        "L’Œuvre d’Été & Cie – « 3ᵉ lieu »",
        "Zoë Nguyễn Thị Ðặng",
        "نمی‌خواهم",  # Persian, a joiner that keeps two letters apart
        "क्‍ष श्री",  # Devanagari, a joiner that keeps a half letter
        "שָׁלוֹם",
        "❤️ Bio ☀️",
        "葛󠄀城",
        "한국어",
        "a" * 5000,
    ],
)
def test_legitimate_text_stays_whole(text: str) -> None:
    as_kept = unicodedata.normalize("NFC", text)
    assert (one_line(text), several_lines(text)) == (as_kept, as_kept)


def test_several_lines_keep_their_lines() -> None:
    assert several_lines(" Un\r\n\r\n\tDeux :\u00a0oui\r") == "Un\n\n\tDeux :\u00a0oui"
    assert several_lines("a\u202eb\x00c\u200bd") == "abcd"


@given(hostile)
def test_one_line_of_any_text(text: str) -> None:
    line = one_line(text)
    assert wrong_in_one_line(line) == []
    assert one_line(line) == line
    line.encode()


@given(hostile)
def test_several_lines_of_any_text(text: str) -> None:
    lines = several_lines(text)
    assert several_lines(lines) == lines
    assert not set(lines) & {*"\x00\r\x85\u2028\u202a\u202d\u202e\u2066\u2067\u2068\u200b\ufeff"}
    assert bool(lines) == bool(one_line(text))
    lines.encode()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Jean@Exemple.FR", "jean@exemple.fr"),
        ("mailto:a@b.fr?subject=Bonjour", "a@b.fr"),
        ("Dupont, Jean <a@b.fr>;", "a@b.fr"),
        ("a＠b．fr", "a@b.fr"),
        ("o’neil@b.fr", "o'neil@b.fr"),
        ("jean‑paul@b.fr", "jean-paul@b.fr"),
        ("\u202aa@b.fr\u202c", "a@b.fr"),
        ("\u00a0a@b.fr.\u00a0", "a@b.fr"),
        ("a @ b. fr", "a@b.fr"),
        ("contact@pôle.fr", "contact@xn--ple-kna.fr"),
        ("jean dupont@b.fr", "jean dupont@b.fr"),
        ("a@b.fr, c@d.fr", "a@b.fr, c@d.fr"),
        ("hélène@b.fr", "hélène@b.fr"),
    ],
)
def test_an_address_is_put_right(typed: str, stored: str) -> None:
    assert plain_address(typed) == stored


@given(hostile)
def test_an_address_put_right_stays_so(text: str) -> None:
    assert plain_address(plain_address(text)) == plain_address(text)
    assert wrong_in_one_line(plain_address(text)) == []


@pytest.mark.parametrize(
    ("text", "in_ours"),
    [
        ("Pôle des Érables 3", "Pôle des Érables 3"),
        ("مركز 12", "\u2068مركز 12\u2069"),
        ("مركز, محمد – 3 demandes", "\u2068مركز\u2069, \u2068محمد\u2069 – 3 demandes"),
        ("Zoé מרכז ועד'ים · 2026-0147", "Zoé \u2068מרכז ועד'ים\u2069 · 2026-0147"),
    ],
)
def test_words_from_right_to_left_stand_apart(text: str, in_ours: str) -> None:
    assert isolated(text) == isolated(in_ours) == in_ours
    assert isolated(None) is None


def test_marks_do_not_pile_up_in_several_lines_either() -> None:
    assert several_lines("Un\nDe" + "\u0351" * 500 + "ux") == "Un\nDe" + "\u0351" * 4 + "ux"
