"""Something that is named on a page or in an e-mail, and the page it has."""

from typing import Any, NamedTuple


class Link(NamedTuple):
    """A name, in the reader's language where it is lazy, and the address of its page; None: it has none."""

    name: Any
    url: str | None = None
