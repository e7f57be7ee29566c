"""Undoing and something else at the same moment: one of the two comes first, and the other knows it."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import acts, clock
from portal.db import db
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid
from portal.requests import service, steps
from portal.requests.closing import service as closing
from portal.requests.models import RequestEvent
from portal.requests.rules import Details
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.integration.requests.undoing import Stage, count, held, refused
from tests.races import at_once, together

ROUNDS = 10


def kinds(stage: Stage) -> set[str]:
    rows = select(OutboxEmail.kind).where(OutboxEmail.thread == stage.reference)
    return {kind.partition("/")[2].partition("_")[0] for kind in db.session.scalars(rows)}


def actions(stage: Stage) -> list[str]:
    rows = select(RequestEvent.action).where(RequestEvent.request_id == stage.request.id)
    return list(db.session.scalars(rows.order_by(RequestEvent.id)))


def undoing(stage: Stage) -> Any:
    return lambda: undo.take_back(stage.actor, stage.reference)


def test_undo_and_the_next_act(app: Flask, make: Builder, world: World) -> None:
    pole = actor_of(world.coordinator)
    for _ in range(ROUNDS):
        stage = Stage(make, world, steps.ACCEPT)
        stage.act()

        def withdraw(reference: str = stage.reference) -> None:
            with undo.act(pole, steps.WITHDRAW):
                closing.withdraw(pole, reference, Details(reason="solved"))

        undone, withdrawn = at_once(app, undoing(stage), withdraw)
        assert withdrawn is None, "it can be withdrawn before and after"
        if isinstance(undone, NotTakenBack):
            assert undone.why is Why.ACTED_SINCE
            assert actions(stage) == ["accept", "withdraw"]
            assert kinds(stage) == {"accept", "withdraw"}
        else:
            assert actions(stage) == ["accept", "undo", "withdraw"]
            assert kinds(stage) == {"withdraw"}


def test_two_who_undo_the_same(app: Flask, make: Builder, world: World) -> None:
    """Two clicks."""
    for _ in range(ROUNDS):
        stage = Stage(make, world, steps.ACCEPT)
        before = held()
        stage.act()
        answers = at_once(app, undoing(stage), undoing(stage))
        (late,) = [one for one in answers if isinstance(one, NotTakenBack)]
        assert late.why is Why.GONE
        assert held() == before
        assert actions(stage) == ["accept", "undo"]


def test_undo_and_the_worker(app: Flask, make: Builder, world: World) -> None:
    """Whatever their clocks say, nothing is both undone and sent."""
    for _ in range(ROUNDS):
        stage = Stage(make, world, steps.WITHDRAW)
        stage.act()

        def undone(stage: Stage = stage) -> Any:
            try:
                stage.take_back()
            except NotTakenBack as refusal:
                return refusal
            return None

        def claimed() -> Any:
            with clock.travelling_to(clock.now() + acts.TIME):
                return len(claims.claim())

        answer, taken = together(app, undone, claimed)
        if isinstance(answer, NotTakenBack):
            assert answer.why is Why.LATE
            assert "undo" not in actions(stage)
            assert taken > 0
            assert kinds(stage)
        else:
            assert "undo" in actions(stage)
            assert taken == 0
            assert kinds(stage) == set()


def test_of_two_routings_the_one_that_was_done_is_undone(app: Flask, make: Builder, world: World) -> None:
    cells = [actor_of(world.cell), actor_of(world.national)]
    for _ in range(ROUNDS):
        stage = Stage(make, world, steps.ROUTE)
        before, said = held(), Details(partner_ids=[world.partner.id])

        def route(cell: Any, reference: str = stage.reference, said: Details = said) -> Any:
            def act() -> None:
                with undo.act(cell, steps.ROUTE):
                    service.route(cell, reference, said)

            return act

        answers = at_once(app, *(route(cell) for cell in cells))
        assert [isinstance(one, Invalid) for one in answers].count(True) == 1
        winner = answers.index(None)
        members = [world.cell, world.national]
        assert refused(stage, members[1 - winner]) is Why.NOT_YOURS
        stage.take_back(members[winner])
        assert held() == before
        assert count(OutboxEmail) == 0
