"""What must always be true of stored organisations."""

from collections.abc import Iterator

from portal.feature import Check
from portal.organisations import handover, queries


def waiting_for_nobody() -> Iterator[str]:
    """What poles and partners that ended still have open: nothing, unless something is broken."""
    for organisation in queries.ended():
        for work in handover.open_work(organisation):
            names = ", ".join(str(link.name) for link in work.links)
            yield f"{organisation.name} ended, and still has: {work.label}, {names}."


CHECKS = (
    Check(
        "pieces of work that wait for who is gone",
        waiting_for_nobody,
        "Make each active again on its page, then inactive: what is open is shown, and settled.",
    ),
)
