"""Whoever acts may take it back for two minutes: all is as it was, nobody was written to, and the history says so."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal import acts, clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.rules import CORRECTED_WITHIN
from portal.interventions.steps import InterventionState
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.refusals import NotFound
from portal.requests import service, steps
from portal.requests.models import Assignment, SupportRequest
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from portal.steps import Step
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import (
    DO,
    World,
    actor_of,
    page_of,
)
from tests.integration.requests.undoing import (
    EVERY_DOOR,
    FACTS,
    A,
    Do,
    Stage,
    count,
    happened,
    held,
    refused,
    said_for,
    tells,
)


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_all_is_as_before_and_both_are_remembered(make: Builder, world: World, step: Step[Any]) -> None:
    stage = Stage(make, world, step)
    before, known = held(), happened()
    stage.act()
    done = happened()[len(known) :]
    assert held() != before or step in {steps.ADD_INFORMATION, steps.GO_ON}
    assert (count(OutboxEmail) > 0) is tells(step)
    stage.take_back()
    assert held() == before
    assert count(OutboxEmail) == 0, "nobody is written to"
    undone = happened()[len(known) + len(done) :]
    assert undone == [(steps.UNDO.name, action) for action, _reason in done], "one beside each"
    assert refused(stage) is Why.GONE, "once"


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_it_can_be_done_again_after_it_was_undone(make: Builder, world: World, step: Step[Any]) -> None:
    stage = Stage(make, world, step)
    stage.act()
    once, told = held(), count(OutboxEmail)
    stage.take_back()
    stage.act()
    assert {name: len(rows) for name, rows in held().items()} == {
        name: len(rows) for name, rows in once.items()
    }
    assert count(OutboxEmail) == told


def _who(world: World, step: Any) -> Membership:
    return world.cell if step is visits.CORRECT_LATER else world.practitioner


def _noted(make: Builder, world: World, assignment: Assignment, step: Any) -> Intervention:
    """Planned; or noted so long ago that its partner no longer corrects it."""
    person = world.practitioner.person
    if step is visits.CORRECT_LATER:
        long_ago = days_ago(CORRECTED_WITHIN.days + 1)
        return make.raw_intervention(assignment, person, told_at=long_ago)
    return make.raw_intervention(assignment, person, InterventionState.PLANNED, report="")


def visit(world: World, assignment: Assignment, step: Any, intervention: Intervention | None = None) -> Do:
    actor, people = actor_of(_who(world, step)), [world.manager.person_id]
    if intervention is None:
        reference = assignment.request.reference
        return lambda: interventions.add(actor, reference, assignment.id, step, "once", FACTS, people)
    facts = None if step is visits.CALL_OFF else FACTS
    return lambda: interventions.change(actor, intervention.id, step, facts, people, "Grève.")


ON_INTERVENTIONS = [
    pytest.param(step, is_new, id=f"{step}, {'a new one' if is_new else 'one that is there'}")
    for step in visits.OF_INTERVENTIONS
    for is_new in (True, False)
    if (None in step.sources if is_new else step.sources != {None})
]


@pytest.mark.parametrize(("step", "is_new"), ON_INTERVENTIONS)
def test_interventions_are_as_before(make: Builder, world: World, step: Any, is_new: bool) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    planned = None if is_new else _noted(make, world, assignment, step)
    assignment.request = request
    before, actor = held(), actor_of(_who(world, step))
    for _ in range(2):
        with transaction(), undo.act(actor, step):
            visit(world, assignment, step, planned)()
        assert held() != before
        assert count(OutboxEmail) > 0
        with transaction():
            undo.take_back(actor, request.reference)
        assert held() == before
        assert count(OutboxEmail) == 0


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_what_it_tells_waits_two_minutes_and_then_cannot_be_undone(
    make: Builder, world: World, step: Step[Any]
) -> None:
    stage = Stage(make, world, step)
    now = clock.now()
    with clock.travelling_to(now):
        stage.act()
        assert not claims.something_is_due()
    with clock.travelling_to(now + acts.TIME - timedelta(seconds=1)):
        assert claims.claim() == []
    with clock.travelling_to(now + acts.TIME):
        assert refused(stage) is Why.LATE, "whether or not a worker works"
        assert len(claims.claim()) == count(OutboxEmail)
        assert (count(OutboxEmail) > 0) is tells(step)


def test_an_email_in_the_hands_of_a_worker_is_not_called_back(make: Builder, world: World) -> None:
    """Whatever the clocks of two machines say: what left stays."""
    stage = Stage(make, world, steps.ACCEPT)
    stage.act()
    before = held()
    with clock.travelling_to(clock.now() + acts.TIME):
        assert claims.claim()
    assert refused(stage) is Why.LATE
    assert held() == before
    assert count(OutboxEmail) > 0


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_once_somebody_acts_it_stays(make: Builder, world: World, step: Step[Any]) -> None:
    """Whoever it is, the portal and oneself included."""
    stage = Stage(make, world, step)
    stage.act()
    with transaction() as session:
        request = session.get(SupportRequest, stage.request.id)
        service.remember(None, request, visits.LOG, "accepted", "accepted")
    before = held()
    assert refused(stage) is Why.ACTED_SINCE
    assert held() == before
    assert (count(OutboxEmail) > 0) is tells(step)


def test_only_who_did_it_undoes_it(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.ACCEPT)
    stage.act()
    for other in (world.manager, world.coordinator, world.cell, world.national):
        assert refused(stage, other) is Why.NOT_YOURS
    with pytest.raises(NotFound):
        stage.take_back(make.practitioner())


def test_for_another_organisation_it_is_not_theirs(make: Builder, world: World) -> None:
    """The same person, acting for the pole."""
    stage = Stage(make, world, steps.ACCEPT)
    stage.act()
    also = make.member(world.coordinator.organisation, Role.COORDINATOR, world.practitioner.person)
    assert refused(stage, also) is Why.NOT_YOURS
    stage.take_back()


def test_who_has_another_role_by_now_undoes_nothing(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.ACCEPT)
    stage.act()
    with pytest.raises(NotTakenBack) as found, transaction():
        undo.take_back(replace(stage.actor, role=Role.MANAGER), stage.reference)
    assert found.value.why is Why.NOT_YOURS


def test_undoing_the_last_act_does_not_open_the_one_before(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.ASK)
    stage.act()
    again = Stage.__new__(Stage)
    again.__dict__ |= {**stage.__dict__, "step": steps.ACCEPT}
    again.do = lambda: DO[steps.ACCEPT](
        stage.actor, stage.reference, stage.assignment.id, said_for(steps.ACCEPT, world)
    )
    again.act()
    again.take_back()
    assert refused(stage) is Why.GONE
    assert count(OutboxEmail) > 0, "the question is still told"


def test_what_is_done_says_until_when_it_can_be_undone(make: Builder, world: World, browse: Any) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    cell = browse(world.national)
    moment = clock.now().replace(second=40)
    until = clock.local(moment + acts.TIME, None)
    with clock.travelling_to(moment):
        cell.post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)]})
        shown = cell.get(page_of(request)).text
        assert f"Vous pouvez l’annuler jusqu’à {until:%H:%M}." in shown, "by the clocks of who reads"
        assert f'action="{page_of(request, None, "annuler")}"' in shown
    with clock.travelling_to(until.replace(second=0)):
        assert cell.post(page_of(request, None, "annuler"), {}).status_code == 302
