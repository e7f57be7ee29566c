"""What a page never does, whatever the words, the fonts and the spacing: run off the screen, or break a word."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Column, Enum, String, Text, select, update

from portal.db import Model, transaction

SCRIPT = Path(__file__).with_suffix(".js")
# The portal's fonts; a machine's widest ones; the spacing that a reader may ask for (WCAG 1.4.12).
DRESSES = {
    "own fonts": "",
    "wide fonts": "* { font-family: 'DejaVu Sans Mono', 'Liberation Mono', monospace !important }",
    "text spacing": "* { line-height: 1.5 !important; letter-spacing: .12em !important }"
    " * { word-spacing: .16em !important } p { margin-bottom: 2em !important }",
}
LONG_WORD = (
    " https://exemple.test/Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
)
# What people write on one line: an address, a code or a word of ours keeps its form.
LINES = {
    *(
        "name",
        "town",
        "sector",
        "lead_organisation",
        "given_name",
        "family_name",
        "place",
        "proof",
        "file_name",
    ),
    *(
        "participant_names",
        "participating_organisations",
        "reason",
        "subject_name",
        "actor_name",
        "actor_organisation",
        "last_error",
    ),
    *("subject", "recipient_name"),
}
NEVER_SHOWN = {"search_text", "html", "text"}


def faults(page: Page) -> list[str]:
    """What runs off the page or is broken in two, at its width, in every dress."""
    found: list[str] = page.evaluate(SCRIPT.read_text(encoding="utf-8"), DRESSES)
    return found


def write_long_words() -> None:
    """End what people wrote, wherever the database keeps it, with a word that fits no line of a phone."""
    with transaction() as session:
        for table in Model.metadata.sorted_tables:
            for column in filter(_is_written, table.columns):
                keys = list(table.primary_key.columns)
                for *values, text in session.execute(select(*keys, column).where(column != "")).all():
                    row = (key == value for key, value in zip(keys, values, strict=True))
                    session.execute(update(table).where(*row).values({column.name: _longer(text, column)}))


def _is_written(column: Column[Any]) -> bool:
    kind = column.type
    if isinstance(kind, Enum) or not isinstance(kind, String):
        return False
    return column.name in LINES or (isinstance(kind, Text) and column.name not in NEVER_SHOWN)


def _longer(text: str, column: Column[Any]) -> str:
    room = getattr(column.type, "length", None) or 10_000
    return (text[: max(room - len(LONG_WORD), 0)] + LONG_WORD)[:room]
