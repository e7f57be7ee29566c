"""What a whole sheet says, and what hangs on a service. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.web.links import Link

TEXTS = (
    "name",
    "name_en",
    "summary",
    "summary_en",
    "description",
    "description_en",
    "rules",
    "rules_en",
    "cost",
    "cost_en",
    "venue",
    "venue_en",
    "documents_wanted",
    "documents_wanted_en",
    "notice",
    "notice_en",
)
FACTS = ("family", "kind", "format", "days_to_answer", "languages", "time_counted", "notice_until")
OF_THE_NATIONAL_CELL = ("direct", "inferred")
"""How requests travel, and whether a text was only deduced, is not a partner's to say."""

COLUMNS = (*TEXTS, *FACTS, *OF_THE_NATIONAL_CELL)

EXPECTED = (
    "summary",
    "description",
    "rules",
    "cost",
    "venue",
    "languages",
    "documents_wanted",
    "name_en",
    "summary_en",
    "description_en",
)
"""What a whole sheet says beside its name, in the order of its page; that it was checked comes last."""
CHECKED = "checked_on"

CHECK_AGAIN = timedelta(days=182)
"""Proposed to who checks a sheet."""
LONGEST = timedelta(days=730)
"""The furthest day on which a sheet is checked again or a service reopens: later is a slip."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a sheet is filled, and what is missing, by the names of its fields."""

    of: int
    missing: Sequence[str]

    @property
    def done(self) -> int:
        return self.of - len(self.missing)


def completeness(sheet: Any, today: date) -> Completeness:
    """A check that is due counts no more."""
    missing = [name for name in EXPECTED if not getattr(sheet, name)]
    is_checked = sheet.checked_on is not None and not is_check_due(sheet.check_due_on, today)
    return Completeness(len(EXPECTED) + 1, missing if is_checked else [*missing, CHECKED])


def is_check_due(due_on: date | None, today: date) -> bool:
    return due_on is not None and due_on <= today


@dataclass(frozen=True, slots=True)
class Hanging:
    """What stands on a service in a feature above: how many, what becomes of them, and those that the reader may open.

    `url`: where the reader finds all of theirs.
    """

    label: Any
    count: int
    becomes: Any
    links: Sequence[Link] = ()
    url: str | None = None
