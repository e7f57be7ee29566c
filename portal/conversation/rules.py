"""Who reads what is said on a request: decided when it is said, stored with it, never widened. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from portal.access.roles import Actor
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState

KIND = "message"
"""What documents of messages are on, as it is stored."""
LONGEST = 5000
LONGEST_CHOICE = 200
SHOWN = 30
"""How many messages a page shows at once."""
MOST_MENTIONED = 20
TO_READ_FOR = timedelta(days=30)
"""So long the home of a person says that something waits to be read."""
AT_WORK = frozenset({*LIVE_ASSIGNMENTS, AssignmentState.COMPLETED})
"""A partner takes part in the conversation while its part of the request is in one of these states."""


class Side(StrEnum):
    """For whom the author of a message spoke."""

    POLE = "pole"
    PARTNER = "partner"
    CELL = "cell"
    GUEST = "guest"


def side_of(actor: Actor) -> Side:
    """Whoever reads a request is of one of them."""
    if actor.is_pole:
        return Side.POLE
    return Side.PARTNER if actor.is_partner else Side.CELL


@dataclass(frozen=True, slots=True)
class Reach:
    """Who reads a message. A `note` stays with the partner, or the cells, of its author; anything else is read by the
    pole, the cells, these partners and these guests."""

    partner_ids: frozenset[int] = frozenset()
    note: bool = False
    guest_ids: frozenset[int] = frozenset()

    @property
    def value(self) -> str:
        """What a form sends: two reaches that differ have two."""
        guests = [f"g{guest_id}" for guest_id in sorted(self.guest_ids)]
        return "note" if self.note else "-".join(["with", *map(str, sorted(self.partner_ids)), *guests])


NOTE = Reach(note=True)


def reaches(side: Side, own_id: int, at_work: Sequence[int]) -> list[Reach]:
    """What somebody may choose, the usual first. `own_id`: their organisation; `at_work`: the partners that have the
    request now. A partner talks to the pole and the cell, without the other partners."""
    if side is Side.PARTNER:
        return [Reach(frozenset({own_id})), NOTE] if own_id in at_work else [NOTE]
    together = [Reach(frozenset(at_work))] if at_work else []
    each = [Reach(frozenset({partner_id})) for partner_id in at_work] if len(at_work) > 1 else []
    return [*together, *each, Reach(), *([NOTE] if side is Side.CELL else [])]


def narrowest(offered: Sequence[Reach], heard: Reach) -> Reach | None:
    """Of what somebody may choose, what is read by most of those who read something, and by nobody else. A note is
    answered by a note. None: nothing is."""
    within = [
        replace(reach, guest_ids=reach.guest_ids & heard.guest_ids)
        for reach in offered
        if reach.note == heard.note and reach.partner_ids <= heard.partner_ids
    ]
    return max(within, key=lambda reach: len(reach.partner_ids), default=None)


def with_guests(reach: Reach, guests: Iterable[tuple[int, Side, int]]) -> Reach:
    """The same, read by the guests of its readers too. `guests`: number, side and organisation of who asked them."""
    if reach.note:
        return reach
    ids = (
        guest_id
        for guest_id, side, asked_by in guests
        if side is not Side.PARTNER or asked_by in reach.partner_ids
    )
    return replace(reach, guest_ids=frozenset(ids))
