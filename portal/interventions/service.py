"""What is done to interventions: lock, decide, change, remember, tell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.catalogue.rules import Beside
from portal.db import db
from portal.interventions import emails, queries, rules, steps, words
from portal.interventions.beyond import service as beyond
from portal.interventions.confirmation import queries as confirmations
from portal.interventions.confirmation import service as confirmation
from portal.interventions.corrections import rules as corrections
from portal.interventions.corrections import service as history
from portal.interventions.corrections.words import noted_on
from portal.interventions.measures import service as measures
from portal.interventions.models import AlsoServed, Intervention, Practice
from portal.interventions.steps import InterventionState, Moves, Place
from portal.refusals import AlreadySent, Conflict, Invalid, NotFound, Unchanged
from portal.requests import service as requests
from portal.requests.assignments import service as assignments
from portal.requests.emails import tell
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import rules as pairs
from portal.requests.rules import NOTHING as NOTHING_SAID
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState

Minutes = Mapping[Beside, int]
NOTHING: Minutes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an intervention, named as the columns; the last five once it is done."""

    on: date
    starts_at: time | None
    minutes: int
    place_kind: Place
    place: str | None
    participants: int | None = None
    participant_names: str | None = None
    participating_organisations: str | None = None
    report: str = ""
    next_step: str | None = None


def add(
    actor: Actor,
    reference: str,
    assignment_id: int,
    step: Moves,
    once: str,
    facts: Facts,
    practitioner_ids: Collection[int],
    beside: Minutes = NOTHING,
    *,
    pole_ids: Collection[int] = (),
    another: bool = False,
    right: Permission | None = None,
) -> Intervention:
    """Plan or log an intervention; the same form sent twice finds the same one.

    `practitioner_ids`: of its people, and of those of the partners it works with. `beside`: its own minutes, of what
    the service counts. `pole_ids`: the poles that it is for beside the one that asks. `another`: it is not the one that
    somebody has noted for this day already. `right`: instead of the step's, for the pole that picks a date.
    """
    assignment = assignments.lock(actor, reference, right or step.right, assignment_id)
    require(step, assignment)
    existing = queries.by_once(assignment_id, once)
    if existing is not None:
        if any(getattr(existing, field.name) != getattr(facts, field.name) for field in fields(facts)):
            raise AlreadySent("on")
        return existing
    empty: dict[str, list[Any]] = {"practices": [], "contributions": [], "also_served": []}
    about = {"assignment": assignment, "once": once, "state": step.target}
    told_at = clock.now() if step is steps.LOG else None
    intervention = Intervention(**about, **empty, created_at=clock.now(), told_at=told_at)
    _check(actor, intervention, assignment, facts, done=step is steps.LOG, another=another)
    _write(intervention, assignment, facts, practitioner_ids, beside)
    _serve(intervention, assignment, pole_ids)
    db.session.add(intervention)
    beyond.flag(intervention, assignment)
    confirmation.ask(intervention)
    event = _remember(actor, step, assignment, Details(message=facts.report))
    tell(emails.news(step, event, actor, intervention), actor)
    return intervention


def change(
    actor: Actor,
    intervention_id: int,
    step: Moves,
    facts: Facts | None = None,
    practitioner_ids: Collection[int] = (),
    message: str | None = None,
    right: Permission | None = None,
    beside: Minutes = NOTHING,
    *,
    pole_ids: Collection[int] | None = None,
    another: bool = False,
    as_planned: bool | None = None,
    adds_documents: bool = False,
) -> Intervention:
    """Tell what became of a planned one, correct one (of no length: it no longer counts), or call it off. `pole_ids`
    None: those stay; `as_planned` None: one sees; `adds_documents`: tells nobody. Unchanged: nothing does."""
    assignment, intervention = _lock(actor, intervention_id, step, right)
    before = emails.meeting(intervention) if facts else None
    if step in steps.NEVER_REFUSED:
        intervention.told_at = clock.now()
    after = _after(step, intervention, facts)
    with history.kept(actor, intervention, assignment) as changes, beyond.weighed(intervention, assignment):
        if facts is not None and facts.minutes:
            done = after is InterventionState.DONE
            _check(actor, intervention, assignment, facts, done=done, another=another)
            _write(intervention, assignment, facts, practitioner_ids, beside)
        if pole_ids is not None:
            _serve(intervention, assignment, pole_ids)
        intervention.state = after
    if not (changes or adds_documents):
        raise Unchanged
    if step is steps.LOG:
        intervention.as_planned = before == emails.meeting(intervention) if as_planned is None else as_planned
    message = message or (facts.report if facts else None)
    event = _remember(actor, step, assignment, Details(message=message))
    if changes:
        confirmation.ask(intervention)
        tell(emails.news(step, event, actor, intervention, before), actor)
    return intervention


def _after(step: Moves, intervention: Intervention, facts: Facts | None) -> InterventionState:
    if facts is not None and not facts.minutes:
        return InterventionState.CALLED_OFF
    return step.target or intervention.state


def _lock(
    actor: Actor, intervention_id: int, step: Moves, right: Permission | None
) -> tuple[Assignment, Intervention]:
    """One of its own with which the step can be done, and the assignment that it is of."""
    seen = queries.get(actor, intervention_id)
    if seen is None:
        raise NotFound
    assignment = assignments.lock(
        actor, seen.assignment.request.reference, right or step.right, seen.assignment_id
    )
    intervention = queries.get_locked(intervention_id)
    if intervention is None:
        raise NotFound
    require(step, assignment, intervention)
    when = intervention.on, intervention.starts_at, assignment.request.pole.place
    if step is steps.MISS and not rules.has_come(*when):
        raise Invalid("outcome", words.NOT_YET)
    return assignment, intervention


def require(step: Moves, assignment: Assignment, intervention: Intervention | None = None) -> None:
    """A step can be done now, or what refuses it."""
    confirmed = confirmations.state_of(intervention.id) if intervention else None
    refused: Conflict | None = steps.why_not(
        step,
        assignment.request.state,
        assignment.state,
        intervention.state if intervention else None,
        confirmed,
        has_accepted=assignment.answered_on is not None,
    )
    if not refused and intervention and intervention.state is InterventionState.DONE:
        place = assignment.request.pole.place
        refused = corrections.why_not(step, confirmed, noted_on(intervention, place), clock.today(place))
    if refused:
        raise refused


def _remember(actor: Actor, step: Moves, assignment: Assignment, details: Details) -> RequestEvent:
    state = assignment.state
    return requests.remember(actor, assignment.request, step, state, state, assignment, details)


def _check(
    actor: Actor,
    intervention: Intervention,
    assignment: Assignment,
    facts: Facts,
    *,
    done: bool,
    another: bool,
) -> None:
    """Invalid where the day cannot be, or a colleague has noted one of this day: then whose, unless it is another."""
    request = assignment.request
    today = clock.today(request.pole.place)
    wrong = rules.wrong_day(facts.on, done=done, today=today, sent_on=sent_on(request))
    if wrong:
        raise Invalid("on", words.WRONG_DAYS[wrong])
    if wrong := rules.wrong_hour(facts.on, facts.starts_at, done=done, place=request.pole.place):
        raise Invalid("starts_at", words.WRONG_DAYS[wrong])
    if facts.place != intervention.place and rules.wrong_link(facts.place_kind, facts.place, done=done):
        raise Invalid("place", words.WRONG_LINK)
    if another or intervention.on == facts.on:
        return
    for other, author in queries.noted_on(assignment.id, facts.on):
        if other.id != intervention.id and (author is None or author.id != actor.person_id):
            raise Invalid("another", words.already_noted(other, author))


def sent_on(request: SupportRequest) -> date:
    """The first day that an intervention can have, by the clocks of the pole."""
    return clock.day_of(request.submitted_at or request.created_at, request.pole.place)


def _write(
    intervention: Intervention,
    assignment: Assignment,
    facts: Facts,
    practitioner_ids: Collection[int],
    beside: Minutes,
) -> None:
    for field in fields(facts):
        setattr(intervention, field.name, getattr(facts, field.name))
    known = {practice.person_id: practice for practice in intervention.practices}
    team = people_to_come(assignment)
    if not practitioner_ids or any(id_ not in team and id_ not in known for id_ in practitioner_ids):
        raise Invalid("practitioner_ids", words.NOT_OF_THE_TEAM)
    intervention.practices = [
        known.get(person_id) or Practice(person=team[person_id][0], assignment_id=team[person_id][1])
        for person_id in dict.fromkeys(practitioner_ids)
    ]
    measures.share_out(intervention, assignment, beside)


def _serve(intervention: Intervention, assignment: Assignment, pole_ids: Collection[int]) -> None:
    """It is for these poles too: some that joined the request, or for which it was already."""
    known = {served.pole_id: served for served in intervention.also_served}
    offered = known.keys() | (
        {pole.id for pole in queries.poles_beside(assignment.request.id)} if pole_ids else set()
    )
    if any(pole_id not in offered for pole_id in pole_ids):
        raise Invalid("pole_ids", _l("Choose poles that joined this request."))
    intervention.also_served = [
        known.get(pole_id) or AlsoServed(pole_id=pole_id) for pole_id in dict.fromkeys(pole_ids)
    ]


def set_part(
    actor: Actor, intervention_id: int, practitioner_ids: Collection[int], beside: Minutes = NOTHING
) -> None:
    """Say what one's own team gives to an intervention that another partner has noted, and nothing else of it."""
    seen = queries.get(actor, intervention_id)
    own = queries.own_part(actor, seen) if seen else None
    if seen is None or own is None:
        raise NotFound
    assignment = assignments.lock(
        actor, seen.assignment.request.reference, steps.CORRECT.right, own.assignment_id
    )
    intervention = queries.get_locked(intervention_id)
    if intervention is None or queries.own_part(actor, intervention) is None:
        raise NotFound
    require(steps.CORRECT, assignment, intervention)
    before = emails.meeting(intervention)
    team = {person.id: person for person in accounts.members([assignment.partner_id], PARTNER_ROLES)}
    known = {each.person_id: each for each in intervention.practices}
    if any(id_ not in team and id_ not in known for id_ in practitioner_ids):
        raise Invalid("practitioner_ids", words.NOT_OF_THE_TEAM)
    others = [each for each in intervention.practices if each.assignment_id != assignment.id]
    there = {each.person_id for each in others}
    ours = [
        known.get(id_) or Practice(person=team[id_], assignment_id=assignment.id)
        for id_ in dict.fromkeys(practitioner_ids)
        if id_ not in there
    ]
    if not (others or ours):
        raise Invalid("practitioner_ids", _l("Choose at least one person."))
    with history.kept(actor, intervention, assignment):
        intervention.practices = [*others, *ours]
        measures.share_out(intervention, assignment, beside)
    beyond.flag(intervention, assignment)
    if emails.meeting(intervention).people != before.people:
        event = _remember(actor, steps.CORRECT, assignment, NOTHING_SAID)
        tell(emails.news(steps.CORRECT, event, actor, intervention, before), actor)


def teams(assignment: Assignment) -> list[tuple[Assignment, Sequence[Person]]]:
    """Who may come: the people of its partner, then those of the partners that support the pole together with it."""
    together = pairs.together(assignment, assignment.request.assignments)
    others = [each for each in together if each is not assignment and each.state is AssignmentState.ACCEPTED]
    return [(each, accounts.members([each.partner_id], PARTNER_ROLES)) for each in (assignment, *others)]


def people_to_come(assignment: Assignment) -> dict[int, tuple[Person, int]]:
    """Each with the assignment that they come for: whoever works for both comes for the first."""
    return {person.id: (person, each.id) for each, people in reversed(teams(assignment)) for person in people}
