"""The key under which text is searched and sorted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import search_key


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
