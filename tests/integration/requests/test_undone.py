"""What was undone never was: lists, counts, reminders and links that are derived from what people did leave it out."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.access.roles import Actor
from portal.db import transaction
from portal.interventions import steps as visits
from portal.ladder import Ask
from portal.notifications.models import OutboxEmail
from portal.refusals import Refusal
from portal.reminders import queries as reminders
from portal.requests import steps
from portal.requests.inbox import queries as inbox
from portal.requests.listing.rules import Whose
from portal.requests.undo import service as undo
from portal.steps import Step
from portal.stuck import queries as stuck
from portal.stuck.rules import DAYS_WITHOUT_NEWS, Basket
from tests.builders import Builder
from tests.integration.requests.steps import PATHS, World, actor_of, page_of
from tests.integration.requests.test_undo import visit
from tests.integration.requests.undoing import EVERY_DOOR, A, Stage, count, happened, held

LONG_AGO = timedelta(days=DAYS_WITHOUT_NEWS + 10)


def derived(world: World) -> dict[str, Any]:
    """All that is counted and listed of requests, as each of those it concerns sees it, and what reminds of them."""
    actors = [actor_of(member) for member in world if hasattr(member, "role")]
    shown = {f"{actor.role} {actor.person_id}": _shown(actor) for actor in actors}
    ask = Ask(clock.today() + LONG_AGO)
    return {**shown, "reminders": [ladder.things(ask) for ladder in reminders.ladders()]}


def _shown(actor: Actor) -> list[Any]:
    baskets = [*Basket] if not actor.is_pole else []
    return [
        *(inbox.counts(actor, inbox.folders(actor), whose) for whose in Whose),
        stuck.counts(actor, baskets) if baskets else {},
    ]


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_what_is_derived_is_as_before(make: Builder, world: World, step: Step[Any]) -> None:
    since = timedelta() if step is steps.REOPEN else LONG_AGO  # not after a month
    with clock.travelling_to(clock.now() - since):
        stage = Stage(make, world, step)
    before = derived(world)
    stage.act()
    stage.take_back()
    assert derived(world) == before


@pytest.mark.parametrize("step", [visits.PLAN, visits.LOG], ids=str)
def test_what_is_derived_of_interventions_is_as_before(make: Builder, world: World, step: Any) -> None:
    with clock.travelling_to(clock.now() - LONG_AGO):
        request = make.raw_request(world.coordinator)
        assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    assignment.request = request
    before, actor = derived(world), actor_of(world.practitioner)
    with transaction(), undo.act(actor, step):
        visit(world, assignment, step)()
    with transaction():
        undo.take_back(actor, request.reference)
    assert derived(world) == before


@pytest.mark.parametrize("step", EVERY_DOOR, ids=str)
def test_done_twice_by_a_double_click_it_is_done_once(make: Builder, world: World, step: Step[Any]) -> None:
    stage = Stage(make, world, step)
    stage.act()
    before = held(), happened(), count(OutboxEmail)
    with suppress(Refusal):
        stage.act()
    assert (held(), happened(), count(OutboxEmail)) == before


@pytest.mark.parametrize("step", [steps.ACCEPT, steps.DECLINE, steps.GO_ON, steps.ADD_INFORMATION], ids=str)
def test_a_form_that_is_sent_twice_says_twice_that_it_is_done(
    make: Builder, world: World, browse: Any, step: Step[Any]
) -> None:
    stage = Stage(make, world, step)
    browser = browse(stage.member)
    part = None if step is steps.ADD_INFORMATION else stage.assignment
    path = page_of(stage.request, part, PATHS[step])
    said = {"reason": "no_capacity", "message": "Voici.", "referent_id": str(world.manager.person_id)}
    for _ in range(2):
        assert browser.post(path, said).status_code == 302
    assert len(happened()) == 1
    assert browser.post(page_of(stage.request, None, "annuler")).status_code == 302


def test_an_answer_in_the_conversation_that_is_sent_twice_is_no_alarm(
    make: Builder, world: World, browse: Any
) -> None:
    stage = Stage(make, world, steps.ANSWER)
    browser = browse(world.coordinator)
    said = {
        "to": f"answer-{stage.assignment.id}",
        "text": "Deux ateliers.",
        "once": "a-key",
        "intent": "send",
    }
    for _ in range(2):
        assert browser.post(f"{page_of(stage.request)}/conversation", said).status_code == 302
    shown = browser.get(page_of(stage.request)).text
    assert "conservé comme brouillon" not in shown
    assert "Votre message est envoyé" in shown
    assert [action for action, _ in happened()] == ["answer"]
