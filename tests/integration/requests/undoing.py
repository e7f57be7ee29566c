"""A request where something is done, and taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.accounts.models import Membership
from portal.db import Model, db, transaction
from portal.interventions import service as interventions
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, Planned, RequestState
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack, Why
from portal.steps import Step
from tests.builders import Builder
from tests.integration.requests.steps import (
    DO,
    STARTS,
    World,
    actor_of,
    part_for,
)

A = AssignmentState
Do = Callable[[], Any]
FACTS = interventions.Facts(clock.today(), None, 60, Place.REMOTE, None, report="Un point.")
EVERY_DOOR = [steps.SUBMIT, *STARTS]


def held() -> dict[str, list[Any]]:
    """All that requests, their parts and their interventions say; a partner that was not asked after all is none."""
    of_a_request = select(Assignment.__table__).where(Assignment.request_id.is_not(None))
    shown = {
        "requests": select(SupportRequest.__table__),
        "assignments": of_a_request,
        "interventions": select(
            *(c for c in Intervention.__table__.c if c is not Intervention.__table__.c.sequence)
        ),
        "practices": select(Practice.__table__),
    }
    return {name: sorted(map(tuple, db.session.execute(each)), key=repr) for name, each in shown.items()}


def happened() -> list[tuple[str, str | None]]:
    rows = select(RequestEvent.action, RequestEvent.reason).order_by(RequestEvent.id)
    return [tuple(row) for row in db.session.execute(rows)]


def count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def said_for(step: Step[Any], world: World) -> Details:
    return Details(
        reason={steps.COMPLETE: "helped", steps.DECLINE: "no_capacity", steps.HAND_BACK: "other"}.get(
            step, "other"
        ),
        message="Voici pourquoi.",
        referent_id=(world.practitioner if step is steps.ASSIGN else world.manager).person_id,
        partner_ids=[world.partner.id],
        planned=Planned.CALLED_OFF,
    )


class Stage:
    """A request where a step can be done, by whom, and the step."""

    def __init__(self, make: Builder, world: World, step: Step[Any]) -> None:
        who, state = STARTS.get(step, ("coordinator", None))
        self.member: Membership = getattr(world, who)
        draft = step is steps.SUBMIT
        first = RequestState.DRAFT if draft else RequestState.TO_ROUTE
        self.request = make.raw_request(world.coordinator, first, world.service)
        asked = state or (A.ACCEPTED if step in {steps.WITHDRAW, steps.DROP} else None)
        self.assignment = part_for(step, make, self.request, world.partner, asked) if asked else None
        if asked is A.COMPLETED:
            with transaction():
                db.session.execute(update(SupportRequest).values(closed_at=clock.now()))
        if self.assignment and asked is A.ACCEPTED:
            make.raw_intervention(
                self.assignment, world.practitioner.person, InterventionState.PLANNED, report=""
            )
        about = [self.assignment.id] if state and self.assignment else []
        self.actor, self.reference, self.step = actor_of(self.member), self.request.reference, step
        self.do = lambda: DO[step](self.actor, self.reference, *about, said_for(step, world))

    def act(self) -> None:
        with transaction(), undo.act(self.actor, self.step):
            self.do()

    def take_back(self, member: Membership | None = None) -> None:
        with transaction():
            undo.take_back(actor_of(member) if member else self.actor, self.reference)


def tells(step: Step[Any]) -> bool:
    """Is anybody written to when it is done?"""
    return bool(step.tells)


def refused(stage: Stage, member: Membership | None = None) -> Why:
    with pytest.raises(NotTakenBack) as found:
        stage.take_back(member)
    return found.value.why
