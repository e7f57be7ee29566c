"""Two of the pole pick at once; one picks while the partner takes back, or the pole asks for others."""

from typing import Any

import pytest
from flask import Flask

from portal.proposals import service
from portal.proposals.steps import ProposalState
from portal.refusals import Refusal
from tests.integration.proposals.steps import (
    OTHERS,
    Scene,
    actions,
    again,
    forget_mails,
    mails,
    offer,
    planned,
    propose,
    state,
)
from tests.integration.requests.steps import actor_of
from tests.races import at_once

ROUNDS = range(5)
S = ProposalState


def refused(answers: list[Any]) -> list[bool]:
    return [isinstance(answer, Refusal) for answer in answers]


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_of_the_pole_pick_at_once_and_one_date_is_planned(app: Flask, scene: Scene, _round: int) -> None:
    proposed = propose(scene)
    forget_mails()
    ours, one, other = proposed.id, scene.pole, actor_of(scene.second)
    answers = at_once(
        app,
        lambda: service.pick(one, ours, 1),
        lambda: service.pick(other, ours, 3),
    )
    assert sorted(refused(answers)) == [False, True]
    (intervention,) = planned()
    number = 3 if refused(answers)[0] else 1
    proposal = again(proposed)
    assert (proposal.state, proposal.picked) == (S.PICKED, number)
    assert intervention.on == next(date.on for date in proposal.dates if date.number == number)
    assert actions() == ["propose_dates", "plan", "pick_date"]
    assert len(mails()["interventions/plan_practitioner"]) == 2, "each hears once"


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_date_is_picked_or_taken_back_never_both(app: Flask, scene: Scene, _round: int) -> None:
    proposal = propose(scene)
    number, pole, partner = proposal.id, scene.pole, scene.partner
    answers = at_once(
        app,
        lambda: service.pick(pole, number, 2),
        lambda: service.take_back(partner, number),
    )
    assert sorted(refused(answers)) == [False, True]
    is_picked = refused(answers)[1]
    assert state(proposal) is (S.PICKED if is_picked else S.TAKEN_BACK)
    assert len(planned()) == is_picked
    assert actions()[-1] == ("pick_date" if is_picked else "take_dates_back")


@pytest.mark.parametrize("_round", ROUNDS)
def test_one_picks_while_a_colleague_asks_for_others(app: Flask, scene: Scene, _round: int) -> None:
    proposal = propose(scene)
    number, one, other = proposal.id, scene.pole, actor_of(scene.second)
    answers = at_once(
        app,
        lambda: service.pick(one, number, 2),
        lambda: service.ask_others(other, number, OTHERS),
    )
    assert sorted(refused(answers)) == [False, True]
    assert len(planned()) == refused(answers)[1]
    assert state(proposal) is (S.PICKED if planned() else S.OTHERS_ASKED)


@pytest.mark.parametrize("_round", ROUNDS)
def test_what_is_picked_while_others_are_proposed_is_one_of_those_that_wait(
    app: Flask, scene: Scene, _round: int
) -> None:
    first = propose(scene)
    number, pole, partner = first.id, scene.pole, scene.partner
    at, people = (scene.request.reference, scene.assignment.id), [scene.coming.person_id]
    answers = at_once(
        app,
        lambda: service.pick(pole, number, 2),
        lambda: service.propose(partner, *at, "second", offer(30), people),
    )
    is_picked = not refused(answers)[0]
    assert state(first) is (S.PICKED if is_picked else S.REPLACED)
    assert len(planned()) == is_picked
    assert not refused(answers)[1], "other dates can be proposed before and after"
