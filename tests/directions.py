"""Names written from right to left, and where they would turn what stands beside them."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from portal.db import Model, transaction
from tests.page_tree import Element, read

NAME = "مركز التعاون 2"
_LETTERS = re.compile("[\u0590-\u08ff]")
_ISOLATED = re.compile("\u2068[^\u2068\u2069,;:()–·@A-Za-zÀ-ÿ]*\u2069")  # none of our words
NAMES = frozenset(
    {
        *("name", "town", "given_name", "family_name", "lead_organisation", "place", "file_name"),
        *("participating_organisations", "subject_name", "actor_name", "actor_organisation"),
    }
)
_OWN_DIRECTION = frozenset({"textarea", "option", "script"})


def write_from_right_to_left() -> None:
    """Begin every name that the database keeps with one in Arabic."""
    with transaction() as session:
        for mapper in Model.registry.mappers:
            for name in NAMES.intersection(mapper.columns.keys()) if mapper.base_mapper is mapper else ():
                length = getattr(mapper.columns[name].type, "length", None)
                for one in session.scalars(select(mapper.class_)):
                    setattr(one, name, _turned(getattr(one, name), length))


def _turned(text: str | None, length: int | None) -> str | None:
    return f"{NAME} {text}"[:length].strip() if text and NAME not in text else text


def turned_in_page(html: str) -> list[str]:
    """The places of a page where such a name stands beside our words without an isolate."""
    root, _problems = read(html)
    return [f"{where}: {text}" for where, text in _texts(root) if turned(text)]


def turned(text: str) -> bool:
    """Does a text of ours hold one outside of an isolate?"""
    return bool(_LETTERS.search(_ISOLATED.sub("", text)))


def _texts(root: Element) -> Iterator[tuple[str, str]]:
    for element in root.walk():
        if element.tag in _OWN_DIRECTION or element.get("dir") == "auto":
            continue
        words = "".join(child for child in element.children if isinstance(child, str))
        yield str(element), " ".join(words.split())
        for name in ("aria-label", "title", "alt"):
            yield f"{name} of {element}", element.get(name)
