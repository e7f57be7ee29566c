"""The attributes of a tag in HTML."""

from typing import Any

from markupsafe import Markup, escape
from wtforms.widgets import core


def attributes(**given: Any) -> Markup:
    """By name; of what is True the name alone, of what is False nothing."""
    written = [
        _written(core.clean_key(name), value) for name, value in sorted(given.items()) if value is not False
    ]
    return Markup(" ".join(written))  # noqa: S704 (names are ours, values are escaped)


def _written(name: str, value: Any) -> str:
    if value is True:
        return name
    quoted = str(escape(value)).replace('"', "&quot;")  # of markup, quotes stand as they are
    return f'{name}="{quoted}"'
