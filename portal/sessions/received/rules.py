"""Which poles are asked anew, and what stays as they confirmed it. Pure: no Flask, no database."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from portal.interventions.confirmation.steps import ConfirmationState, locks

Counts = Mapping[int, int]
"""What a session counts for each pole, in minutes, by its number."""


class Word(NamedTuple):
    """Where a pole stands with a session. `own`: what counts for it alone; None: as long as it lasted."""

    pole_id: int
    state: ConfirmationState
    counts: int
    own: int | None


def changed(before: Counts, after: Counts) -> list[int]:
    """The poles for which something counts now, no longer, or otherwise."""
    return sorted(
        number for number in before.keys() | after.keys() if before.get(number) != after.get(number)
    )


def kept_by_partner(every: Iterable[Word]) -> Counts:
    """What is confirmed stays as it was, whatever the partner says since."""
    return {each.pole_id: each.counts for each in every if locks(each.state)}


def kept_by_cell(every: Iterable[Word], poles: Iterable[int], *, same_length: bool) -> Counts:
    """What was settled for a pole alone stays where the cell corrects something else; `poles`: those that came."""
    still = {*poles} if same_length else set()
    return {each.pole_id: each.own for each in every if each.own is not None and each.pole_id in still}
