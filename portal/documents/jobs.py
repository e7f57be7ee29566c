"""What must be true of documents: each is on something that is there."""

from collections.abc import Iterator

from portal.documents import queries, service
from portal.feature import Check


def _without_parent() -> Iterator[str]:
    for parent in queries.parents().values():
        for number in service.left_without_parent(parent):
            yield f"Document {number} is on a {parent.kind} that is no more."


CHECKS = (Check("documents on nothing", _without_parent),)
