"""Whose days they are, and which of them are exceptions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.ladder import Rung

Which = tuple[str, str]
"""A kind and one of its rungs."""


class Scope(StrEnum):
    """Whose things they hold for; a service's go before its region's."""

    REGION = "region"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Of:
    """A region by its code, or a service by its number."""

    scope: Scope
    which: str
    name: str


BETWEEN = " – "
"""Between whose days were chosen and of which rung, where the journal says it."""


def rung_key(which: Which) -> str:
    """A rung, as it is stored."""
    return ".".join(which)


def exceptions(
    of: Of, days: Mapping[Which, int | None], rungs: "Mapping[Which, Rung]"
) -> Mapping[Which, int]:
    """What differs from what holds anyway, which for a service is its region's, whatever that is."""
    return {
        which: rungs[which].within(count)
        for which, count in days.items()
        if count is not None and (of.scope is Scope.SERVICE or count != rungs[which].after)
    }
