"""What must be true of the index."""

from collections.abc import Iterable

from portal.feature import Check
from portal.search.index import service as index


def _astray() -> Iterable[str]:
    for findable, numbers in index.astray():
        for number in numbers:
            yield f"{findable.kind} {number} is not found by its own words."


CHECKS = (Check("things not found by their words", _astray, "Run flask search rebuild."),)
