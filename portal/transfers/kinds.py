"""What is imported and exported, and what an import would do with each line."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TransferKind(StrEnum):
    """What a file holds, one a line."""

    POLES = "poles"
    PARTNERS = "partners"
    PEOPLE = "people"


class Outcome(StrEnum):
    """What would happen with a line, in the order of the report."""

    ERROR = "error"
    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Change:
    """A cell before and after, as files write it; "" where there is nothing."""

    field: str
    head: str
    before: str
    after: str


@dataclass(slots=True)
class Line:
    """What would happen with a line of the file. `number`: of the line in a spreadsheet, the heads being line 1.

    `target_id`: the organisation or membership it is about, None where it makes one. `values`: what to write, by
    field of the table of columns.
    """

    number: int
    name: str
    target_id: int | None = None
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.ERROR
        if not self.changes:
            return Outcome.NOTHING
        return Outcome.CREATE if self.target_id is None else Outcome.CHANGE
