"""How a state is shown."""

from typing import Any, NamedTuple


class Tag(NamedTuple):
    """Words, tone and icon, never colour alone."""

    label: Any
    tone: str
    icon: str
