"""What becomes of planned interventions when their assignment, their partner, their pole or somebody's work ends."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.interventions import emails, queries, steps, words
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.organisations.handover import Ending, LeftOpen
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.requests import queries as requests
from portal.requests.appointments.service import CalledOff, Diary
from portal.requests.emails import News, link, tell
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.service import remember
from portal.requests.steps import AssignmentState
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
        .options(selectinload(Intervention.practices).joinedload(Practice.person))
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
    return done


DIARY = Diary(_any_planned, _call_off)


def _planned_by(person_id: int, organisation_id: int) -> Select[Intervention]:
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Intervention.practices)
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
            assignment = next(
                assignment for assignment in request.assignments if assignment.id == seen.assignment_id
            )
            told += _replace(departure, assignment, intervention)
    tell(told, departure.actor)


def _replace(departure: Departure, assignment: Assignment, intervention: Intervention) -> list[News]:
    leaving = departure.membership.person_id
    kept = [practice for practice in intervention.practices if practice.person_id != leaving]
    if len(kept) == len(intervention.practices):
        return []
    before = emails.meeting(intervention)
    if departure.to is not None and all(practice.person_id != departure.to.id for practice in kept):
        kept.append(Practice(person=departure.to))
    intervention.practices = kept
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


def _with_their_requests(_ending: Ending) -> None:
    """They are called off with the requests of whoever ends, or go on with the pole that takes these over."""


LEFT_OPEN = (
    LeftOpen(
        _l("Planned interventions"),
        {OrganisationKind.POLE, OrganisationKind.PARTNER},
        _days_of_organisation,
        _with_their_requests,
    ),
)
