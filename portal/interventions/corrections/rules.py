"""Who changes what was logged, and until when. Pure: no Flask, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.interventions import steps
from portal.interventions.confirmation.steps import ADJUST, PROPOSE, SETTLE, ConfirmationState
from portal.interventions.rules import CORRECTED_WITHIN, is_open
from portal.refusals import Conflict
from portal.steps import Step, StepRefused

WHY = "why"
"""What of a correction is no change: why it was made."""

SERVED = "served"
"""What one pole alone received: its number and minutes, before and after."""

Doer = tuple[Step[Any] | None, Step[Any] | None]
"""What its partner does with it, and what the cell does."""
_C = ConfirmationState

WHO_CHANGES: Mapping[tuple[ConfirmationState | None, bool], Doer] = {
    (None, True): (steps.CORRECT, None),
    (None, False): (None, steps.CORRECT_LATER),
    (_C.WAITING, True): (steps.CORRECT, None),
    (_C.WAITING, False): (None, steps.CORRECT_LATER),
    (_C.CONTESTED, True): (steps.CORRECT, SETTLE),
    (_C.CONTESTED, False): (None, SETTLE),
    (_C.CONFIRMED, True): (PROPOSE, ADJUST),
    (_C.CONFIRMED, False): (PROPOSE, ADJUST),
    (_C.SILENT, True): (PROPOSE, ADJUST),
    (_C.SILENT, False): (PROPOSE, ADJUST),
    (_C.SETTLED, True): (PROPOSE, ADJUST),
    (_C.SETTLED, False): (PROPOSE, ADJUST),
}
"""By what its pole says of it (None: it was never asked), and whether its days to be corrected still run."""

_CORRECTS = {steps.CORRECT: steps.CORRECT, steps.CALL_OFF: steps.CORRECT}
_CORRECTS[steps.CORRECT_LATER] = steps.CORRECT_LATER
"""Cancelling what was logged corrects it to nothing."""


@dataclass(frozen=True, slots=True)
class Names:
    """Those whom corrections name, by number. `came`: people on the list of a session."""

    people: Mapping[int, str] = field(default_factory=dict)
    poles: Mapping[int, str] = field(default_factory=dict)
    came: Mapping[int, str] = field(default_factory=dict)


class NotTheirTurn(Conflict):
    """`until`: the last day on which its partner corrects it, and the cell does not."""

    def __init__(self, step: Step[Any], until: date) -> None:
        super().__init__(f"{step} refused: corrected by its partner until {until}")
        self.step = step
        self.until = until


def last_day(noted_on: date) -> date:
    """Until when, that day included, who noted it corrects it."""
    return noted_on + CORRECTED_WITHIN


def changes(confirmation: ConfirmationState | None, noted_on: date, today: date) -> Doer:
    """What its partner and the cell do with it now."""
    return WHO_CHANGES[confirmation, is_open(noted_on, today)]


def why_not(
    step: Step[Any], confirmation: ConfirmationState | None, noted_on: date, today: date
) -> Conflict | None:
    """What refuses to correct what was logged, from one side or the other."""
    if step not in _CORRECTS or _CORRECTS[step] in changes(confirmation, noted_on, today):
        return None
    is_about_days = _CORRECTS[step] in (
        *WHO_CHANGES[confirmation, True],
        *WHO_CHANGES[confirmation, False],
    )
    return NotTheirTurn(step, last_day(noted_on)) if is_about_days else StepRefused(step, confirmation)
