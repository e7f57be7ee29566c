"""The life of an intervention."""

from itertools import product

from portal.interventions import steps
from portal.interventions.steps import OF_INTERVENTIONS, InterventionState
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step

A, R, S = AssignmentState, RequestState, InterventionState
# What may happen to an intervention, written a second time by hand; None: there is none yet.
EXPECTED = {
    (steps.PLAN, None): S.PLANNED,
    (steps.LOG, None): S.DONE,
    (steps.LOG, S.PLANNED): S.DONE,
    (steps.MISS, S.PLANNED): S.POLE_ABSENT,
    (steps.CORRECT, S.PLANNED): S.PLANNED,
    (steps.CORRECT, S.DONE): S.DONE,
    (steps.CALL_OFF, S.PLANNED): S.CALLED_OFF,
    (steps.CALL_OFF, S.DONE): S.CALLED_OFF,
    (steps.CALL_OFF, S.POLE_ABSENT): S.CALLED_OFF,
    (steps.CORRECT_LATER, S.DONE): S.DONE,
}
# What was done is told whatever became of the request since it was accepted.
NEVER_REFUSED = {(steps.LOG, None), (steps.LOG, S.PLANNED), (steps.MISS, S.PLANNED)}
# What was logged is corrected as long; from which side is in `test_corrections`.
CORRECTED = {(steps.CORRECT, S.DONE), (steps.CALL_OFF, S.DONE), (steps.CORRECT_LATER, S.DONE)}
# Once its assignment is completed, what is still planned goes on.
AFTERWARDS = {(steps.LOG, S.PLANNED), (steps.CORRECT, S.PLANNED), (steps.CALL_OFF, S.PLANNED)}


def test_every_step_is_in_the_table() -> None:
    assert {one for one in vars(steps).values() if isinstance(one, Step)} == set(OF_INTERVENTIONS)
    assert {step for step, _ in EXPECTED} == set(OF_INTERVENTIONS)


def test_every_state_and_step_is_allowed_or_refused() -> None:
    wrong = [
        (step.name, request, assignment, state)
        for step, request, assignment, state in product(OF_INTERVENTIONS, R, A, [None, *S])
        for allowed in [
            (
                (step, state) in NEVER_REFUSED | CORRECTED
                and assignment in {A.ACCEPTED, A.COMPLETED, A.HANDED_BACK}
            )
            or (
                request in {R.TO_ROUTE, R.PROPOSED, R.ACCEPTED, R.COMPLETED}
                and (
                    (assignment is A.ACCEPTED and (step, state) in EXPECTED)
                    or (assignment is A.COMPLETED and (step, state) in AFTERWARDS)
                )
            )
        ]
        if (steps.why_not(step, request, assignment, state) is None) is not allowed
    ]
    assert not wrong, f"Not as the design says (step, request, assignment, intervention): {wrong}"
    for (step, before), after in EXPECTED.items():
        assert (step.target or before) is after


def test_a_refusal_says_where_it_stood() -> None:
    refused = steps.why_not(steps.LOG, R.ACCEPTED, A.ACCEPTED, S.DONE)
    assert refused is not None
    assert (refused.step, refused.state) == (steps.LOG, S.DONE)
