"""Text of spreadsheets, read as they write it. Source: RFC 4180 (quotes, line ends within them)."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from portal.spreadsheets import unguarded
from portal.text import one_line, search_key, several_lines


class TransferKind(StrEnum):
    """What a file holds, one a line."""

    POLES = "poles"
    PARTNERS = "partners"
    PEOPLE = "people"


class Outcome(StrEnum):
    """What would happen with a line, in the order of the report."""

    ERROR = "error"
    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Change:
    """A cell before and after, as files write it; "" where there is nothing."""

    field: str
    head: str
    before: str
    after: str


@dataclass(slots=True)
class Line:
    """What would happen with a line of the file. `number`: of the line in a spreadsheet, the heads being line 1.

    `target_id`: the organisation or membership it is about, None where it makes one. `values`: what to write, by
    field of the table of columns.
    """

    number: int
    name: str
    target_id: int | None = None
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.ERROR
        if not self.changes:
            return Outcome.NOTHING
        return Outcome.CREATE if self.target_id is None else Outcome.CHANGE


KEPT = timedelta(days=1)
"""A file may be imported for a day after it was looked at."""
MOST_LINES = 20_000
MOST_COLUMNS = 200
DELIMITERS = ";,\t"
# What Excel writes on top for itself.
_SEPARATOR = re.compile(r'"?sep=([;,\t|])"?[^\S\n\r]*\r?\n', re.I)


def _read_as_windows(letter: str) -> str:
    """A letter in UTF-8 that somebody read as Windows-1252, and wrote again."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in letter.encode())


TWICE_ENCODED = re.compile(
    "|".join(re.escape(_read_as_windows(letter)) for letter in "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆ’“”«»–…€")
)
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")  # .xlsx and .ods, .xls, .pdf
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Flaw(StrEnum):
    """Why a file cannot be read at all; `words.py` says what to do about each."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NO_KNOWN_COLUMN = "no_known_column"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    MISSING_COLUMN = "missing_column"
    HUGE_CELL = "huge_cell"
    QUOTES = "quotes"
    TOO_MANY_COLUMNS = "too_many_columns"
    DAMAGED = "damaged"
    TOO_MANY_LINES = "too_many_lines"
    NO_LINE = "no_line"


class Unreadable(ValueError):
    """The file cannot be read; `detail`: the column or line it is about."""

    def __init__(self, flaw: Flaw, detail: str = "") -> None:
        super().__init__(f"{flaw} {detail}")
        self.flaw = flaw
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is not blank: its number in the spreadsheet, and its cells by the key of their column."""

    number: int
    cells: dict[str, str]
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: `heads`, the keys of the columns it has, in its order."""

    heads: Sequence[str]
    rows: Sequence[Row]


def read(content: bytes, known: Mapping[str, str], needed: Collection[str]) -> Sheet:
    """The lines of a file whose first names its columns, in any order.

    `known`: the heads of the columns there may be, by key (`portal.text.search_key`); `needed`: the keys of those
    there must be. Unreadable otherwise.
    """
    text = _decoded(content)
    if damaged := TWICE_ENCODED.search(text):
        around = text[max(0, damaged.start() - 15) : damaged.end() + 15]
        raise Unreadable(Flaw.DAMAGED, around)
    match = _SEPARATOR.match(text)
    text = f"\n{text[match.end() :]}" if match else text
    delimiter = (
        match[1] if match else max(DELIMITERS, key=lambda mark: len(known.keys() & set(_heads(text, mark))))
    )
    records = _records(text, delimiter)
    named = [one_line(cell) for cell in next(records, (0, []))[1]]
    while named and not named[-1]:
        named.pop()
    if len(named) > MOST_COLUMNS:
        raise Unreadable(Flaw.TOO_MANY_COLUMNS)
    heads = [search_key(name) for name in named]
    _check_heads(named, heads, known, needed)
    rows = []
    for number, cells in records:
        if row := _row(number, heads, cells):
            rows.append(row)
        if len(rows) > MOST_LINES:
            raise Unreadable(Flaw.TOO_MANY_LINES)
    if not rows:
        raise Unreadable(Flaw.NO_LINE)
    return Sheet(heads, rows)


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 that says so, else the Windows-1252 of older spreadsheets."""
    if not content.strip():
        raise Unreadable(Flaw.EMPTY)
    if content.startswith(_NOT_TEXT):
        raise Unreadable(Flaw.NOT_TEXT)
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    for encoding in marked or ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(Flaw.NOT_TEXT)


def _heads(text: str, delimiter: str) -> list[str]:
    try:
        return [
            search_key(one_line(cell)) for cell in next(_records(text, delimiter), (0, []))[1][:MOST_COLUMNS]
        ]
    except Unreadable:
        return []


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The lines with their numbers as a spreadsheet counts them; blank ones at the top are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            flaw = Flaw.HUGE_CELL if "limit" in str(error) else Flaw.QUOTES
            raise Unreadable(flaw, str(number)) from None
        if any(cell.strip() for cell in cells):
            yield number, cells


def _check_heads(
    named: Sequence[str], heads: Sequence[str], known: Mapping[str, str], needed: Collection[str]
) -> None:
    if not set(heads) & known.keys():
        raise Unreadable(Flaw.NO_KNOWN_COLUMN)
    for position, (name, head) in enumerate(zip(named, heads, strict=True), 1):
        if head not in known:
            raise Unreadable(Flaw.UNKNOWN_COLUMN, name[:50] or str(position))
        if heads.count(head) > 1:
            raise Unreadable(Flaw.COLUMN_TWICE, name)
    for head in needed:
        if head not in heads:
            raise Unreadable(Flaw.MISSING_COLUMN, known[head])


def _row(number: int, heads: Sequence[str], cells: Sequence[str]) -> Row | None:
    """A line of cells; spreadsheets leave out the last ones where they are empty."""
    tidied = [unguarded(tidy(cell)) for cell in cells]
    if not any(tidied):
        return None
    padded = [*tidied, *[""] * len(heads)]
    return Row(number, dict(zip(heads, padded, strict=False)), extra=any(tidied[len(heads) :]))


def tidy(text: str) -> str:
    """A cell as the portal keeps text of several lines; what its column holds in one line, the column says."""
    return several_lines(text)
