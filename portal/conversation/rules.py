"""Who reads what is said on a request: decided when it is said, stored with it, never widened. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.access.roles import Actor

LONGEST = 5000
LONGEST_CHOICE = 200
SHOWN = 30
"""How many messages a page shows at once."""
MOST_MENTIONED = 20


class Side(StrEnum):
    """For whom the author of a message spoke."""

    POLE = "pole"
    PARTNER = "partner"
    CELL = "cell"


def side_of(actor: Actor) -> Side:
    """Whoever reads a request is of one of them."""
    if actor.is_pole:
        return Side.POLE
    return Side.PARTNER if actor.is_partner else Side.CELL


@dataclass(frozen=True, slots=True)
class Reach:
    """Who reads a message. A `note` stays with the partner, or the cells, of its author; anything else is read by the
    pole, the cells and these partners."""

    partner_ids: frozenset[int] = frozenset()
    note: bool = False

    @property
    def value(self) -> str:
        """What a form sends: two reaches that differ have two."""
        return "note" if self.note else "-".join(["with", *map(str, sorted(self.partner_ids))])


NOTE = Reach(note=True)


def reaches(side: Side, own_id: int, at_work: Sequence[int]) -> list[Reach]:
    """What somebody may choose, the usual first. `own_id`: their organisation; `at_work`: the partners that have the
    request now. A partner talks to the pole and the cell, without the other partners."""
    if side is Side.PARTNER:
        return [Reach(frozenset({own_id})), NOTE] if own_id in at_work else [NOTE]
    together = [Reach(frozenset(at_work))] if at_work else []
    each = [Reach(frozenset({one})) for one in at_work] if len(at_work) > 1 else []
    return [*together, *each, Reach(), *([NOTE] if side is Side.CELL else [])]
