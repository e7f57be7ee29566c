"""Figures in words, and docs/indicators.md."""

import os
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.usage import words
from portal.usage.rules import Unit
from portal.usage.words import COLUMNS, HEADLINES, INDICATORS

pytestmark = pytest.mark.one_database

DOCUMENT = Path(__file__).parents[3] / "docs" / "indicators.md"
VALUES = [
    (Unit.COUNT, 1234),
    (Unit.SUPPORT_DAYS, 12.25),
    (Unit.WORKING_DAYS, 2.5),
    (Unit.SHARE, 0.63),
    (Unit.SHARE, None),
]


@pytest.mark.parametrize(
    ("language", "shown", "for_a_spreadsheet"),
    [
        ("fr", ["1\u202f234", "12,2", "2,5", "63", "–"], ["1234", "12,2", "2,5", "63", ""]),
        ("en", ["1,234", "12.2", "2.5", "63", "–"], ["1234", "12.2", "2.5", "63", ""]),
    ],
)
def test_figures_are_written_as_their_reader_writes_them(
    app: Flask, language: str, shown: list[str], for_a_spreadsheet: list[str]
) -> None:
    with app.test_request_context(), force_locale(language):
        assert words.figures(VALUES) == shown
        assert words.plain_figures(VALUES) == for_a_spreadsheet


def expected_document(app: Flask) -> str:
    """What docs/indicators.md must be."""
    lines = [
        "# Indicators",
        "",
        "What each figure of the usage page and of its CSV files counts. Written from "
        "`portal/usage/words.py`, the only place where an indicator is defined; a test keeps both equal.",
        "Days and months are those of Paris.",
        "",
        "| indicator | key | unit | definition |",
        "|---|---|---|---|",
    ]
    with app.test_request_context(), force_locale("en"):
        for one in INDICATORS:
            unit = one.unit.replace("_", " ")
            lines.append(f"| {one.label} | `{one.key}` | {unit} | {one.definition} |")
    lines += ["", "Shown:", ""]
    lines.append(f"- at the top: {', '.join(f'`{one.key}`' for one in HEADLINES)}")
    for dimension, columns in COLUMNS.items():
        lines.append(f"- by {dimension}: {', '.join(f'`{one.key}`' for one in columns)}")
    return "\n".join(lines) + "\n"


def test_the_document_says_what_the_code_does(app: Flask) -> None:
    """WRITE_DOCUMENTS=1 writes it anew."""
    expected = expected_document(app)
    if os.environ.get("WRITE_DOCUMENTS"):
        DOCUMENT.write_text(expected, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == expected
