"""Text for spreadsheets, French ones included, written so that they take no cell for a formula.

Sources: RFC 4180 (quotes, line ends within them); OWASP, "CSV Injection" (=, +, -, @, tab and return begin formulas).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs; what looks guarded already is guarded once more, so that reading undoes it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A cell without the apostrophe that kept it from being a formula."""
    return text[1:] if _GUARDED.match(text) else text


def written(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as the text of a file, a line at a time: a mark of UTF-8, then semicolons, as French spreadsheets expect."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow([guarded(cell) for cell in row])
        yield line.getvalue()
