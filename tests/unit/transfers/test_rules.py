"""Files as spreadsheets write them, and the ways in which they cannot be read."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.spreadsheets import written
from portal.transfers.rules import MOST_LINES, TWICE_ENCODED, Flaw, Sheet, Unreadable, read, tidy

KNOWN = {"nom": "Nom", "region": "Région", "site": "Site"}
NEEDED = ["nom"]
TEXT = "Nom;Région;Site\r\nPôle de l’Œuvre;Normandie;https://exemple.fr\r\n"
CELLS = {"nom": "Pôle de l’Œuvre", "region": "Normandie", "site": "https://exemple.fr"}


def cells(content: bytes) -> list[dict[str, str]]:
    return [row.cells for row in read(content, KNOWN, NEEDED).rows]


def sheet(text: str) -> Sheet:
    return read(text.encode(), KNOWN, NEEDED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_spreadsheets_write_in_many_ways(encoding: str, delimiter: str, line_end: str) -> None:
    text = TEXT.replace(";", delimiter).replace("\r\n", line_end)
    assert cells(text.encode(encoding)) == [CELLS]


def test_columns_come_in_any_order_and_some_may_be_missing() -> None:
    assert cells(b"SITE;  nom ;\nx;y;\n") == [{"site": "x", "nom": "y"}]


def test_lines_are_counted_as_a_spreadsheet_counts_them() -> None:
    found = sheet('\nNom;Site\n\n"a\nb";\n;;\n   ;\nc;d\n')
    assert [(row.number, row.cells["nom"]) for row in found.rows] == [(4, "a\nb"), (7, "c")]


def test_spaces_around_are_not_kept_nor_line_ends_of_two_characters() -> None:
    assert cells('Nom;Site\n\u00a0 "a" ;"b\r\nc "\n'.encode()) == [{"nom": '"a"', "site": "b\nc"}]


def test_the_last_cells_may_be_left_out_but_none_may_be_too_many() -> None:
    rows = sheet("Nom;Site\na\nb;c;d\ne;f;\n").rows
    assert [(row.cells["site"], row.extra) for row in rows] == [("", False), ("c", True), ("f", False)]


@pytest.mark.parametrize(
    ("text", "flaw", "detail"),
    [
        ("", Flaw.EMPTY, ""),
        (" \n ", Flaw.EMPTY, ""),
        ("a;b\nc;d\n", Flaw.NO_KNOWN_COLUMN, ""),
        ("Nom;Couleur\nx;y\n", Flaw.UNKNOWN_COLUMN, "Couleur"),
        ("Nom;;Site\nx;y;z\n", Flaw.UNKNOWN_COLUMN, "2"),
        ("Nom;Site;nom\nx;y;z\n", Flaw.COLUMN_TWICE, "Nom"),
        ("Site\ny\n", Flaw.MISSING_COLUMN, "Nom"),
        ("Nom;Site\n;\n", Flaw.NO_LINE, ""),
        ("Nom\n", Flaw.NO_LINE, ""),
        ('Nom;Site\na;b\n"c;d\ne;f\n', Flaw.QUOTES, "3"),
        ('Nom;Site\n"a"b;c\n', Flaw.QUOTES, "2"),
        ("Nom;Site\na;" + "x" * 140_000, Flaw.HUGE_CELL, "2"),
        ("Nom\n" + "a\n" * (MOST_LINES + 1), Flaw.TOO_MANY_LINES, ""),
    ],
)
def test_what_cannot_be_read_is_said(text: str, flaw: Flaw, detail: str) -> None:
    with pytest.raises(Unreadable) as refused:
        sheet(text)
    assert (refused.value.flaw, refused.value.detail) == (flaw, detail)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a workbook", b"\xd0\xcf\x11\xe0 an old one", b"%PDF-1.7", b"Nom\n\x81"]
)
def test_what_is_not_text_is_said(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, KNOWN, NEEDED)
    assert refused.value.flaw is Flaw.NOT_TEXT


def test_what_cannot_be_seen_is_not_kept_and_makes_no_line() -> None:
    content = "No\u200bm;Site\na\x00b\u202e;c\n\u200b;\u2060\n".encode()
    assert cells(content) == [{"nom": "ab", "site": "c"}]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=5))
def test_what_is_written_reads_the_same(rows: list[tuple[str, str]]) -> None:
    rows = [(tidy(one) or "x", tidy(other)) for one, other in rows]
    rows = [row for row in rows if max("".join(row)) < "\ud800" or max("".join(row)) > "\udfff"]
    text = "".join(written([("Nom", "Site"), *rows]))
    assume(not TWICE_ENCODED.search(text))  # refused: it was damaged before it came
    found = cells(text.encode("utf-8", "surrogatepass")) if rows else []
    assert [(one["nom"], one["site"]) for one in found] == rows


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_what_excel_says_of_its_separator_is_no_line(separator: str) -> None:
    text = f"sep={separator}\r\nNom{separator}Site\r\nUn{separator}a.fr\r\n"
    sheet = read(text.encode("utf-8-sig"), {"nom": "Nom", "site": "Site"}, ["nom"])
    assert [(row.number, row.cells) for row in sheet.rows] == [(3, {"nom": "Un", "site": "a.fr"})]


@pytest.mark.parametrize("name", ["Pôle des Érables", "L’Œuvre d’été", "À façon", "Noël « ici »", "Çà et là"])
def test_accents_encoded_twice_are_noticed_and_others_are_not(name: str) -> None:
    damaged = "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in name.encode())
    with pytest.raises(Unreadable) as refused:
        read(f"Nom\n{damaged}\n".encode(), {"nom": "Nom"}, [])
    assert refused.value.flaw is Flaw.DAMAGED
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert read(f"Nom\n{name}\n".encode(encoding), {"nom": "Nom"}, []).rows[0].cells["nom"] == name


def test_too_many_columns_are_refused_before_they_are_named() -> None:
    content = b"Nom;" + b"x;" * 300_000 + b"\nUn\n"
    began = time.perf_counter()
    with pytest.raises(Unreadable) as refused:
        read(content, {"nom": "Nom"}, [])
    assert refused.value.flaw is Flaw.TOO_MANY_COLUMNS
    assert time.perf_counter() - began < 8  # a second on a quiet machine
