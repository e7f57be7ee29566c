"""What makes two requests resemble each other, and where regions touch."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.alike.rules import Likeness, Near, Need, alike, regions_near, stems
from portal.territories.reference import NEIGHBOURS, REGIONS

ONE = Need(1, 7, "Nous cherchons un modèle de gouvernance partagée pour notre coopérative.", "28", "76")
OTHER = Need(2, 7, "Quelle gouvernance, quels modèles pour une SCIC ?", "28", None)


def test_same_service_near_places_and_near_words() -> None:
    assert alike(ONE, OTHER) == Likeness(Near.REGION, ("modèle", "gouvernance"))


@pytest.mark.parametrize(
    "change",
    [
        {"pole_id": 1},
        {"service_id": 8},
        {"service_id": None},
        {"region_code": "93"},
        {"region_code": None},
        {"text": "Trouver un local et des financements."},
        {"text": "Notre gouvernance"},
        {"text": ""},
    ],
)
def test_each_of_them_is_needed(change: dict[str, object]) -> None:
    assert alike(ONE, replace(OTHER, **change)) is None


def test_without_a_service_their_words_must_say_more() -> None:
    one, other = replace(ONE, service_id=None), replace(OTHER, service_id=None)
    assert alike(one, other) is None
    short = replace(one, text="Une gouvernance partagée, en coopérative.")
    assert alike(short, replace(short, pole_id=2)) is None
    longer = replace(short, text=f"{short.text} Quels statuts ?")
    assert alike(longer, replace(longer, pole_id=2))


@pytest.mark.parametrize(
    ("where", "near"),
    [
        ({"department_code": "76"}, Near.DEPARTMENT),
        ({"department_code": "14"}, Near.REGION),
        ({"region_code": "32", "department_code": "80"}, Near.NEIGHBOUR),
    ],
)
def test_how_near_is_told(where: dict[str, str], near: Near) -> None:
    found = alike(ONE, replace(OTHER, **where))
    assert found is not None
    assert found.near is near


def test_words_are_blind_to_accents_case_and_endings() -> None:
    assert stems("Œuvres, FINANCÉES").keys() == stems("oeuvre financee").keys()
    assert not stems("Bonjour, notre pôle souhaite un appui pour son projet.")


def test_words_are_shown_as_they_are_written_first() -> None:
    text = "Financées par l’ESUS, des Œuvres qu’une coope\N{COMBINING ACUTE ACCENT}rative financée, éco-quartier."
    assert list(stems(text).values()) == ["financées", "ESUS", "œuvres", "coopérative", "quartier"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_the_same_both_ways_round(first: str, second: str) -> None:
    one, other = replace(ONE, text=first), replace(OTHER, text=second)
    assert bool(alike(one, other)) is bool(alike(other, one))


def test_regions_touch_each_other_both_ways() -> None:
    assert NEIGHBOURS.keys() <= REGIONS.keys()
    for code, beside in NEIGHBOURS.items():
        assert code not in beside
        assert all(code in NEIGHBOURS[other] for other in beside)
    assert regions_near("04") == {"04"}
    assert regions_near("53") == {"53", "28", "52"}
