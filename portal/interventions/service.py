"""What is done to interventions: lock, decide, change, remember, tell."""

from dataclasses import dataclass, fields
from datetime import date, time

from flask_babel import lazy_gettext as _l

from portal.access.permissions import Permission
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.db import db
from portal.interventions import emails, queries, workflow
from portal.interventions.models import Intervention, Practice
from portal.interventions.workflow import Place
from portal.refusals import Invalid, NotFound
from portal.requests import service as requests
from portal.requests.changes import Said
from portal.requests.models import Assignment
from portal.requests.workflow import Action


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an intervention, named as the columns; the last four once it is done."""

    on: date
    starts_at: time | None
    minutes: int
    place_kind: Place
    place: str | None
    participants: int | None = None
    participating_organisations: str | None = None
    report: str = ""
    next_step: str | None = None


def add(
    actor: Actor,
    reference: str,
    assignment_id: int,
    action: Action,
    once: str,
    facts: Facts,
    practitioner_ids: list[int],
) -> Intervention:
    """Plan or log an intervention; the same form sent twice finds the same one."""
    request, assignment = requests.begin(actor, reference, action, assignment_id)
    if assignment is None:
        raise NotFound
    existing = queries.by_once(assignment_id, once)
    if existing is not None:
        return existing
    intervention = Intervention(
        assignment=assignment, once=once, state=workflow.after(None, action), practices=[]
    )
    db.session.add(intervention)
    _write(intervention, assignment, facts, practitioner_ids)
    event = requests.remember(
        actor, request, action, assignment.state, assignment.state, assignment, Said(message=facts.report)
    )
    emails.tell(event, actor, intervention)
    return intervention


def change(
    actor: Actor,
    intervention_id: int,
    action: Action,
    facts: Facts | None = None,
    practitioner_ids: list[int] | None = None,
    message: str | None = None,
    right: Permission | None = None,
) -> Intervention:
    """Log a planned intervention, correct one, or call it off, by the right of the table or by `right`."""
    seen = queries.get(actor, intervention_id)
    if seen is None:
        raise NotFound
    reference = seen.assignment.request.reference
    request, assignment = requests.begin(actor, reference, action, seen.assignment_id, right)
    intervention = queries.get_locked(intervention_id)
    if intervention is None or assignment is None:
        raise NotFound
    intervention.state = workflow.after(intervention.state, action)
    if facts is not None:
        _write(intervention, assignment, facts, practitioner_ids or [])
    said = Said(message=message or (facts.report if facts else None))
    event = requests.remember(actor, request, action, assignment.state, assignment.state, assignment, said)
    emails.tell(event, actor, intervention)
    return intervention


def _write(
    intervention: Intervention, assignment: Assignment, facts: Facts, practitioner_ids: list[int]
) -> None:
    for field in fields(facts):
        setattr(intervention, field.name, getattr(facts, field.name))
    kept = {practice.person_id: practice for practice in intervention.practices}
    team = _team(assignment) | {practice.person_id: practice.person for practice in intervention.practices}
    if not practitioner_ids or any(one not in team for one in practitioner_ids):
        raise Invalid("practitioner_ids", _l("Choose people from your team."))
    intervention.practices = [
        kept.get(one) or Practice(person=team[one]) for one in dict.fromkeys(practitioner_ids)
    ]


def _team(assignment: Assignment) -> dict[int, Person]:
    return {person.id: person for person in accounts.members([assignment.partner_id], PARTNER_ROLES)}
