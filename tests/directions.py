"""Names written from right to left, and where they would turn what stands beside them."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, func, update

from portal.db import Model, transaction
from tests.page_tree import Element, read

NAME = "مركز التعاون 2"
_LETTERS = re.compile("[\u0590-\u08ff]")
_ISOLATED = re.compile("\u2068[^\u2068\u2069,;:()–·@A-Za-zÀ-ÿ]*\u2069")  # none of our words
NAMES = frozenset(
    {
        *("name", "town", "given_name", "family_name", "lead_organisation", "place", "file_name"),
        *(
            "participant_names",
            "participating_organisations",
            "subject_name",
            "actor_name",
            "actor_organisation",
        ),
    }
)
_OWN_DIRECTION = frozenset({"textarea", "option", "script"})


def write_from_right_to_left() -> None:
    """Begin every name that the database keeps with one in Arabic."""
    with transaction() as session:
        for table in Model.metadata.sorted_tables:
            for column in (one for one in table.columns if one.name in NAMES):
                is_a_name = (column != "") & column.not_like(f"%{NAME}%")
                session.execute(update(table).where(is_a_name).values({column: _turned(column)}))


def _turned(column: Column[Any]) -> Any:
    room = getattr(column.type, "length", None) or 10_000
    return func.rtrim(func.substr(f"{NAME} " + column, 1, room))


def turned_in_page(html: str) -> list[str]:
    """The places of a page where such a name stands beside our words without an isolate."""
    root, _problems = read(html)
    return [f"{attribute} {element}: {text}" for element, attribute, text in _texts(root) if turned(text)]


def turned(text: str) -> bool:
    """Does a text of ours hold one outside of an isolate?"""
    return bool(_LETTERS.search(text)) and bool(_LETTERS.search(_ISOLATED.sub("", text)))


def _texts(root: Element) -> Iterator[tuple[Element, str, str]]:
    """What is read of each element, and in which attribute it stands."""
    for element in root.walk():
        if element.tag in _OWN_DIRECTION or element.get("dir") == "auto":
            continue
        words = "".join(child for child in element.children if isinstance(child, str))
        yield element, "", " ".join(words.split())
        for name in ("aria-label", "title", "alt"):
            yield element, name, element.get(name)
