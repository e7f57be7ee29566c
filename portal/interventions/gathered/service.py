"""Note an act that is of no request, or say something else of it; whoever calls has locked what it is of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import delete, update

from portal import clock
from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.db import db, require_transaction
from portal.interventions.corrections import personal as corrected
from portal.interventions.corrections import service as corrections
from portal.interventions.corrections.rules import SERVED
from portal.interventions.gathered import queries
from portal.interventions.gathered.models import Gathering
from portal.interventions.measures import rules
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.personal import NO_REPORT
from portal.interventions.steps import InterventionState, Place
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of it. `people`: who gave it, by number; `beside`: their minutes, of what the service counts;
    `poles`: which of them had somebody there; `came`: how many people did. `kept`: how long it counts for some poles,
    by number, whatever is said of it now."""

    partner_id: int
    service_id: int
    region_code: str | None
    on: date
    starts_at: time
    minutes: int
    place_kind: Place
    place: str | None
    report: str
    people: Collection[int]
    beside: Mapping[Beside, int]
    poles: Collection[int]
    came: int
    kept: Mapping[int, int] = field(default_factory=dict)


def note(given: Given) -> Intervention:
    """An act that took place."""
    require_transaction()
    assignment = Assignment(
        partner_id=given.partner_id,
        state=AssignmentState.COMPLETED,
        due_on=given.on,
        completed_on=given.on,
    )
    db.session.add(assignment)
    db.session.flush()
    act = Intervention(
        assignment_id=assignment.id,
        state=InterventionState.DONE,
        told_at=clock.now(),
        practices=[],
        contributions=[Contribution(assignment_id=assignment.id)],
        also_served=[],
    )
    _write(act, given)
    db.session.add(act)
    db.session.flush()
    db.session.add(
        Gathering(intervention_id=act.id, service_id=given.service_id, region_code=given.region_code)
    )
    return act


def correct(
    actor: Actor, intervention_id: int, given: Given, beside: Mapping[str, list[Any]], why: str = ""
) -> Intervention:
    """The same act, said otherwise; what it said before is kept. `beside`: what else is corrected with it."""
    require_transaction()
    act = queries.act(intervention_id)
    with corrections.kept(actor, act, act.assignment, beside=beside, why=why):
        _write(act, given)
    db.session.get_one(Gathering, intervention_id).noted_at = clock.now()
    return act


def _write(act: Intervention, given: Given) -> None:
    for name in ("on", "starts_at", "minutes", "place_kind", "place", "report"):
        setattr(act, name, getattr(given, name))
    act.participants = given.came
    known = {each.person_id: each for each in act.practices}
    act.practices = [
        known.get(number) or Practice(person_id=number, assignment_id=act.assignment_id)
        for number in dict.fromkeys(given.people)
    ]
    [share] = act.contributions
    share.practitioners = len(act.practices)
    for name in Beside:
        setattr(share, name, given.beside.get(name, 0))
    served = {each.pole_id: each for each in act.also_served}
    poles = sorted({*given.poles, *given.kept})
    act.also_served = [served.get(pole_id) or AlsoServed(pole_id=pole_id) for pole_id in poles]
    for each in act.also_served:
        each.minutes = _own(given.kept.get(each.pole_id), act.minutes)


def _own(kept: int | None, minutes: int) -> int | None:
    """What counts for one pole alone, where it is not as long as it lasted."""
    return None if kept == minutes else kept


def count_for(actor: Actor, intervention_id: int, pole_id: int, minutes: int, why: str) -> None:
    """It counts otherwise for one pole alone; what it counted before is kept, and why."""
    require_transaction()
    act = queries.act(intervention_id)
    [served] = [each for each in act.also_served if each.pole_id == pole_id]
    before = rules.served(act.minutes, served.minutes)
    if before != minutes:
        both = {SERVED: [[pole_id, before], [pole_id, minutes]]}
        with corrections.kept(actor, act, act.assignment, beside=both, why=why):
            served.minutes = _own(minutes, act.minutes)
        db.session.get_one(Gathering, intervention_id).noted_at = clock.now()


def forget(intervention_ids: Collection[int]) -> None:
    """Who gave them, and what was written; their figures stay."""
    quiet = {"synchronize_session": False}
    ours = Intervention.id.in_(intervention_ids)
    blanked = update(Intervention).where(ours).values(place=None, report=NO_REPORT)
    unnamed = delete(Practice).where(Practice.intervention_id.in_(intervention_ids))
    corrected.forget(intervention_ids)
    for statement in (blanked, unnamed):
        db.session.execute(statement.execution_options(**quiet))
