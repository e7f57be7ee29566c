"""What becomes of planned interventions when their assignment, their partner, their pole or somebody's work ends."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import aliased, joinedload

from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.db import db, require_transaction
from portal.interventions import emails, queries, steps, words
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.measures import service as measures
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.network.models import NetworkAct
from portal.interventions.steps import InterventionState
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.requests import queries as requests
from portal.requests.appointments.service import CalledOff, Diary
from portal.requests.emails import News, link, tell
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.service import remember
from portal.requests.steps import OPEN_REQUESTS, AssignmentState
from portal.steps import Audience
from portal.teams.service import Departure, OpenWork
from portal.web.links import Link


def _any_planned(assignment: Assignment) -> bool:
    planned = exists().where(
        Intervention.assignment_id == assignment.id, Intervention.state == InterventionState.PLANNED
    )
    return bool(db.session.scalar(select(planned)))


def _call_off(actor: Actor | None, assignment: Assignment, why: str | None) -> CalledOff:
    require_transaction()
    statement = (
        select(Intervention)
        .where(Intervention.assignment_id == assignment.id, Intervention.state == InterventionState.PLANNED)
        .options(*queries.whole())
        .order_by(Intervention.on, Intervention.id)
        .execution_options(populate_existing=True)
    )
    done = CalledOff()
    for intervention in db.session.scalars(statement):
        intervention.state = InterventionState.CALLED_OFF
        state, details = assignment.state, Details(message=why)
        event = remember(actor, assignment.request, steps.CALL_OFF, state, state, assignment, details)
        done.facts.append(emails.called_off_fact(intervention, assignment))
        done.news.extend(emails.news(steps.CALL_OFF, event, actor, intervention))
    _free_people(actor, assignment, done)
    return done


def _free_people(actor: Actor | None, assignment: Assignment, done: CalledOff) -> None:
    """Its people no longer come for what another partner has planned and goes on with."""
    statement = (
        select(Intervention)
        .join(Intervention.practices)
        .where(
            Practice.assignment_id == assignment.id,
            Intervention.assignment_id != assignment.id,
            Intervention.state == InterventionState.PLANNED,
        )
        .options(*queries.whole())
        .order_by(Intervention.on, Intervention.id)
        .execution_options(populate_existing=True)
    )
    for intervention in db.session.scalars(statement).unique():
        before = emails.meeting(intervention)
        intervention.practices = [
            practice for practice in intervention.practices if practice.assignment_id != assignment.id
        ]
        measures.share_out(intervention)
        event = remember(
            actor, assignment.request, steps.CORRECT, assignment.state, assignment.state, assignment
        )
        done.news.extend(emails.news(steps.CORRECT, event, actor, intervention, before))


DIARY = Diary(_any_planned, _call_off)


def _planned_by(person_id: int, organisation_id: int) -> Select[Intervention]:
    return (
        select(Intervention)
        .join(Intervention.practices)
        .join(Assignment, Assignment.id == Practice.assignment_id)
        .where(
            Assignment.partner_id == organisation_id,
            Practice.person_id == person_id,
            Intervention.state == InterventionState.PLANNED,
        )
        .order_by(Intervention.on, Intervention.id)
    )


def _days_of_person(person_id: int, organisation_id: int) -> Sequence[Link]:
    statement = _planned_by(person_id, organisation_id).options(queries.with_its_pole())
    return [_link(intervention) for intervention in db.session.scalars(statement)]


def _link(intervention: Intervention) -> Link:
    """Its day, in the language of whoever reads it, and the request it is planned for."""
    request = intervention.assignment.request
    return link(request.reference, LazyString(words.when_and_where, intervention, request.pole.place))


def _give(departure: Departure) -> None:
    """The poles hear who comes instead; the colleague gets one e-mail about everything."""
    leaving = departure.membership
    statement = _planned_by(leaving.person_id, leaving.organisation_id).options(
        joinedload(Intervention.assignment).joinedload(Assignment.request).load_only(SupportRequest.reference)
    )
    told: list[News] = []
    for seen in db.session.scalars(statement).all():
        request = requests.get_locked(None, seen.assignment.request.reference)
        intervention = queries.get_locked(seen.id)
        if request and intervention and intervention.state is InterventionState.PLANNED:
            told += _replace(departure, request, intervention)
    tell(told, departure.actor)


def _replace(departure: Departure, request: SupportRequest, intervention: Intervention) -> list[News]:
    leaving = departure.membership.person_id
    gone = next((practice for practice in intervention.practices if practice.person_id == leaving), None)
    if gone is None:
        return []
    before = emails.meeting(intervention)
    assignment = next(each for each in request.assignments if each.id == gone.assignment_id)
    kept = [practice for practice in intervention.practices if practice is not gone]
    if departure.to is not None and all(practice.person_id != departure.to.id for practice in kept):
        kept.append(Practice(person=departure.to, assignment_id=assignment.id))
    intervention.practices = kept
    measures.share_out(intervention)
    event = RequestEvent(
        request=assignment.request,
        assignment=assignment,
        action=steps.CORRECT.name,
        actor_id=departure.actor.person_id if departure.actor else None,
        organisation_id=departure.membership.organisation_id,
        from_state=assignment.state,
        to_state=assignment.state,
    )
    db.session.add(event)
    told = emails.news(steps.CORRECT, event, departure.actor, intervention, before)
    return [news for news in told if news.audience is Audience.POLE]


OPEN_WORK = (OpenWork(_l("Planned interventions"), _days_of_person, _give),)


def _planned_with(organisation: Organisation) -> Select[Intervention]:
    own = SupportRequest.pole_id if organisation.kind is OrganisationKind.POLE else Assignment.partner_id
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            own == organisation.id,
            Assignment.state == AssignmentState.ACCEPTED,
            Intervention.state == InterventionState.PLANNED,
        )
        .order_by(Intervention.on, Intervention.id)
    )


def _days_of_organisation(organisation: Organisation) -> Sequence[Link]:
    statement = _planned_with(organisation).options(queries.with_its_pole())
    return [_link(intervention) for intervention in db.session.scalars(statement)]


def _with_their_requests(ending: Ending) -> None:
    """They are called off with the requests of whoever ends, or go on with the pole that takes these over: where it
    had joined, it is served once."""
    if ending.organisation.kind is not OrganisationKind.POLE:
        return
    if ending.successor is not None:
        _serve_once(ending.successor.id, {ending.organisation.id})
        _words_follow(ending.organisation.id, ending.successor.id)
    _no_longer_serve(ending.organisation.id, ending.successor)


def _words_follow(pole_id: int, successor_id: int) -> None:
    """What was logged of the requests that its successor takes over waits for that one's word, or has it."""
    taken_over = (
        select(Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(SupportRequest.pole_id == pole_id, SupportRequest.state.in_(sorted(OPEN_REQUESTS)))
    )
    follows = update(Confirmation).where(
        Confirmation.pole_id == pole_id, Confirmation.intervention_id.in_(taken_over)
    )
    db.session.execute(follows.values(pole_id=successor_id).execution_options(synchronize_session=False))


def _no_longer_serve(pole_id: int, successor: Organisation | None) -> None:
    """What is planned for a pole that had joined is for its successor instead, or for the others alone."""
    statement = (
        select(Intervention.id, SupportRequest.reference)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .join(Intervention.also_served)
        .where(AlsoServed.pole_id == pole_id, Intervention.state == InterventionState.PLANNED)
        .order_by(SupportRequest.reference, Intervention.id)
    )
    for number, reference in db.session.execute(statement).all():
        request, intervention = requests.get_locked(None, reference), queries.get_locked(number)
        if request and intervention and intervention.state is InterventionState.PLANNED:
            kept = [served for served in intervention.also_served if served.pole_id != pole_id]
            here = {request.pole_id, *(served.pole_id for served in kept)}
            if successor is not None and successor.id not in here:
                kept.append(AlsoServed(pole_id=successor.id))
            intervention.also_served = kept


def _serve_once(pole_id: int, asking_ids: Collection[int]) -> None:
    """A pole is not served twice by what these asked for."""
    of_requests = (
        select(Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(SupportRequest.pole_id.in_(asking_ids))
    )
    twice = AlsoServed.pole_id == pole_id, AlsoServed.intervention_id.in_(of_requests)
    db.session.execute(delete(AlsoServed).where(*twice).execution_options(synchronize_session=False))


def _meet(from_id: int, to_id: int) -> None:
    """What two that become one did together is told once: a pole that joined the other, partners that came together."""
    for pole_id in (from_id, to_id):
        _serve_once(pole_id, {from_id, to_id})
    first_share, second_share = aliased(Contribution), aliased(Contribution)
    first, second = aliased(Assignment), aliased(Assignment)
    statement = (
        select(first_share, second_share)
        .join(second_share, second_share.intervention_id == first_share.intervention_id)
        .join(first, first.id == first_share.assignment_id)
        .join(second, second.id == second_share.assignment_id)
        .where(first.partner_id == to_id, second.partner_id == from_id)
    )
    for kept, double in db.session.execute(statement).all():
        _become_one(kept, double)
    db.session.flush()


def _become_one(share: Contribution, double: Contribution) -> None:
    intervention = queries.get_locked(share.intervention_id)
    if intervention is None:
        return
    is_of_double = intervention.assignment_id == double.assignment_id
    kept, gone = (double, share) if is_of_double else (share, double)
    for practice in intervention.practices:
        if practice.assignment_id == gone.assignment_id:
            practice.assignment_id = kept.assignment_id
    for name in ("practitioners", *Beside):
        setattr(kept, name, getattr(kept, name) + getattr(gone, name))
    intervention.contributions.remove(gone)


MOVES = (
    Move(
        _l("Interventions for poles that joined"),
        AlsoServed.pole_id,
        unique=("intervention_id",),
        prepare=_meet,
    ),
    Move(_l("Words about what was received"), Confirmation.pole_id, unique=("intervention_id",)),
    Move(_l("Work for the network"), NetworkAct.organisation_id),
)


LEFT_OPEN = (
    LeftOpen(
        _l("Planned interventions"),
        {OrganisationKind.POLE, OrganisationKind.PARTNER},
        _days_of_organisation,
        _with_their_requests,
    ),
)
