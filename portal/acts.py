"""One act: what somebody does at once, which they may take back while nobody has been written to."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

TIME = timedelta(minutes=2)
"""How long an act can be taken back, and what it tells waits."""


@dataclass(frozen=True, slots=True)
class Act:
    """`key`: what all that is stored of it shares. `letters`: the Message-IDs of what it tells. `changes`: of the rows
    it wrote, what they were before, in the order of writing."""

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    letters: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)


_ACT: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def begun(key: str | None = None) -> Iterator[Act]:
    """The act that the block does; `key`: the one it shall have."""
    act = Act(key) if key else Act()
    token = _ACT.set(act)
    try:
        yield act
    finally:
        _ACT.reset(token)


def current() -> Act | None:
    """What is being done, if it can be taken back."""
    return _ACT.get()


def current_key() -> str | None:
    act = _ACT.get()
    return act.key if act else None
