"""What an act counts for: support received, time spent. `queries` says the same in SQL. Pure."""

from typing import Protocol


class Share(Protocol):
    """What a partner gave to an act: how many of its people came, and what it did beside, in minutes."""

    @property
    def practitioners(self) -> int: ...
    @property
    def preparation(self) -> int: ...
    @property
    def travel(self) -> int: ...
    @property
    def write_up(self) -> int: ...


def served(minutes: int, own: int | None) -> int:
    """What an act counts for one pole. `own`: how long for that one alone; None: as long as it lasted."""
    return minutes if own is None else own


def received(minutes: int, poles: int) -> int:
    """Support received: its length, once for each pole it served, whoever came."""
    return minutes * poles


def spent(minutes: int, share: Share) -> int:
    """Time spent by a partner: its length, once for each of its people, and what counts beside, whoever was served."""
    return minutes * share.practitioners + share.preparation + share.travel + share.write_up
