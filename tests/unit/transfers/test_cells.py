"""Cells as people and spreadsheets write them."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.accounts.rules import Role
from portal.accounts.words import ROLES
from portal.transfers.table import forms as cells
from portal.transfers.table.forms import CellRefused, Vocabulary


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.read_number, "1 200", 1200),
        (cells.read_number, "12,0", 12),
        (cells.read_yes, "OUI", True),
        (cells.read_yes, "Faux", False),
        (cells.read_past_day, "31/12/2024", date(2024, 12, 31)),
        (cells.read_past_day, "2024-12-31 00:00:00", date(2024, 12, 31)),
        (cells.read_siret, "732 829 320 00074", "73282932000074"),
        (cells.read_rna, "w751 234 567", "W751234567"),
        (cells.read_email, "mailto:Zoe＠Exemple.FR", "zoe@exemple.fr"),
        (cells.read_website, "www.exemple.fr/x", "https://www.exemple.fr/x"),
        (cells.read_sources, "https://a.fr\nhttp://b.fr ", "https://a.fr http://b.fr"),
        (cells.several, "a | b|a |\n c ", ["a", "b", "c"]),
        (cells.read_region, "provence alpes cote d azur", "93"),
        (cells.read_department, "1", "01"),
        (cells.read_department, "2a", "2A"),
        (cells.read_department, "La Réunion (974)", "974"),
        (cells.read_department, "côtes d'armor", "22"),
        (cells.read_places, "France entière", frozenset({(None, None)})),
        (cells.read_places, "La Réunion | Mayotte (976)", frozenset({("04", None), (None, "976")})),
    ],
)
def test_what_people_write_is_read(read, text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (cells.read_number, "-1"),
        (cells.read_number, "1,5"),
        (cells.read_number, "99999999999"),
        (cells.read_number, "²"),
        (cells.read_yes, "peut-être"),
        (cells.read_past_day, "31/02/2024"),
        (cells.read_past_day, "01/01/2999"),
        (cells.read_past_day, "01/01/1950"),
        (cells.read_siret, "7,3282932E+13"),
        (cells.read_siret, "12345678901234"),
        (cells.read_rna, "1234"),
        (cells.read_email, "a@b"),
        (cells.read_email, "zoé@exemple.fr"),
        (cells.read_email, "a@exemple.fr, b@exemple.fr"),
        (cells.read_website, "javascript:alert(1)"),
        (cells.read_website, "ftp://exemple.fr"),
        (cells.read_website, "deux mots.fr"),
        (cells.read_website, "http://[x"),
        (cells.read_website, 'https://exemple.fr/"onclick'),
        (cells.read_sources, "https://exemple.fr javascript:alert(1)"),
        (cells.read_website, "https://exemple.fr/" + "x" * 300),
        (cells.read_region, "Picardie"),
        (cells.read_region, "76"),  # Occitanie for INSEE, Seine-Maritime for people
        (cells.read_department, "99"),
        (cells.read_places, "Toute la France | Normandie"),
        (cells.read_places, "Nullepart"),
        (cells.read_town, "Nullepart"),
        (cells.read_town, "Saint-Denis"),
    ],
)
def test_what_cannot_be_understood_is_refused(read, text: str) -> None:
    with pytest.raises(CellRefused):
        read(text)


def test_a_commune_is_found_by_its_label_or_its_code() -> None:
    for text in ("Rouen (76)", "rouen 76000", "76540"):
        found = cells.read_town(text)
        assert cells.write_town(found) == "Rouen (76)"


@pytest.mark.parametrize(
    ("write", "read", "value"),
    [
        (cells.write_siret, cells.read_siret, "73282932000074"),
        (cells.write_day, cells.read_past_day, date(2021, 3, 4)),
        (cells.write_yes, cells.read_yes, True),
        (cells.write_region, cells.read_region, "11"),
        (cells.write_department, cells.read_department, "2B"),
        (cells.write_places, cells.read_places, frozenset({("04", None), (None, "974"), (None, "01")})),
        (cells.write_places, cells.read_places, frozenset({(None, None)})),
    ],
)
def test_what_is_written_reads_the_same(write, read, value: object) -> None:
    assert read(write(value)) == value


def test_the_words_of_a_list_are_french_for_every_reader_and_unknown_outside_the_portal(app: Flask) -> None:
    words = Vocabulary(ROLES)
    with pytest.raises(RuntimeError):
        words.find("Coordinator")
    with app.test_request_context("/"), force_locale("en"):
        assert words.write(Role.COORDINATOR) == "Coordination du PTCE"
        assert words.find("coordination du ptce") is Role.COORDINATOR
        assert words.find("Team manager") is None
