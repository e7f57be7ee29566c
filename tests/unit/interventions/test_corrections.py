"""Who changes what was logged, and until when: the table, written a second time by hand."""

from datetime import date, timedelta
from itertools import product

import pytest

from portal.interventions import steps
from portal.interventions.confirmation import steps as confirmations
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.corrections import rules
from portal.interventions.corrections.rules import NotTheirTurn
from portal.steps import StepRefused

C = ConfirmationState
NOTED = date(2026, 3, 2)
LAST = date(2026, 4, 1)
OPEN = {None, C.WAITING, C.CONTESTED}
EXPECTED = {
    "its partner corrects it": {(state, True) for state in OPEN},
    "the cell corrects it": {(None, False), (C.WAITING, False)},
    "the cell settles it": {(C.CONTESTED, True), (C.CONTESTED, False)},
    "it is adjusted": set(product({C.CONFIRMED, C.SILENT, C.SETTLED}, [True, False])),
}


def does(what: str, state: ConfirmationState | None, in_time: bool) -> bool:
    partner, cell = rules.changes(state, NOTED, LAST if in_time else LAST + timedelta(days=1))
    return {
        "its partner corrects it": partner is steps.CORRECT,
        "the cell corrects it": cell is steps.CORRECT_LATER,
        "the cell settles it": cell is confirmations.SETTLE,
        "it is adjusted": (partner, cell) == (confirmations.PROPOSE, confirmations.ADJUST),
    }[what]


@pytest.mark.parametrize("what", EXPECTED)
def test_each_row_of_the_table(what: str) -> None:
    every = product([None, *C], [True, False])
    assert {row for row in every if does(what, *row)} == EXPECTED[what]


def test_the_table_lets_do_what_the_word_of_the_pole_allows() -> None:
    for (state, _in_time), doers in rules.WHO_CHANGES.items():
        later = [step for step in doers if step in confirmations.OF_CONFIRMATIONS]
        assert not [step for step in later if step.why_not(state)]
        assert bool(later) or not confirmations.locks(state), "what is locked is adjusted alone"


@pytest.mark.parametrize("step", [steps.CORRECT, steps.CALL_OFF])
def test_its_partner_corrects_and_cancels_for_thirty_days(step) -> None:
    assert rules.why_not(step, C.WAITING, NOTED, LAST) is None
    refused = rules.why_not(step, C.WAITING, NOTED, LAST + timedelta(days=1))
    assert isinstance(refused, NotTheirTurn)
    assert refused.until == LAST


def test_the_cell_waits_for_the_partner_and_settles_what_is_contested() -> None:
    early = rules.why_not(steps.CORRECT_LATER, C.WAITING, NOTED, LAST)
    assert isinstance(early, NotTheirTurn)
    contested = rules.why_not(steps.CORRECT_LATER, C.CONTESTED, NOTED, LAST + timedelta(days=1))
    assert isinstance(contested, StepRefused)
    assert contested.state is C.CONTESTED


@pytest.mark.parametrize("step", [steps.PLAN, steps.LOG, steps.MISS])
def test_nothing_else_is_refused_here(step) -> None:
    assert rules.why_not(step, C.CONFIRMED, NOTED, LAST) is None
