"""The life of an intervention, and its measures."""

from itertools import product

import pytest

from portal.interventions import steps
from portal.interventions.steps import InterventionRefused, InterventionState
from portal.requests.steps import Action

S = InterventionState
# What may happen to an intervention, written a second time by hand; None: there is none yet.
EXPECTED = {
    (Action.PLAN, None): S.PLANNED,
    (Action.LOG, None): S.DONE,
    (Action.LOG, S.PLANNED): S.DONE,
    (Action.CORRECT, S.PLANNED): S.PLANNED,
    (Action.CORRECT, S.DONE): S.DONE,
    (Action.CALL_OFF, S.PLANNED): S.CALLED_OFF,
    (Action.CALL_OFF, S.DONE): S.CALLED_OFF,
}


@pytest.mark.parametrize(("action", "state"), list(product(Action, [None, *InterventionState])))
def test_every_state_and_action_is_allowed_or_refused(
    action: Action, state: InterventionState | None
) -> None:
    if (action, state) in EXPECTED:
        assert steps.after(state, action) is EXPECTED[action, state]
    else:
        with pytest.raises(InterventionRefused) as refused:
            steps.after(state, action)
        assert (refused.value.action, refused.value.state) == (action, state)


def test_what_can_be_done_is_offered_and_nothing_else() -> None:
    assert steps.open_actions(S.PLANNED) == [Action.LOG, Action.CORRECT, Action.CALL_OFF]
    assert steps.open_actions(S.DONE) == [Action.CORRECT, Action.CALL_OFF]
    assert steps.open_actions(S.CALLED_OFF) == []


@pytest.mark.parametrize(
    ("minutes", "days"), [(0, 0), (420, 1), (210, 0.5), (105, 0.25), (15, 15 / 420), (840, 2)]
)
def test_seven_hours_make_one_day(minutes: int, days: float) -> None:
    assert steps.support_days(minutes) == days
