"""The interventions of a request, and what they add up to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true
from sqlalchemy.orm import immediateload, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor, Role
from portal.accounts.models import Person
from portal.db import db
from portal.documents import page as documents
from portal.documents.page import Shown
from portal.documents.queries import Parent
from portal.interventions import steps
from portal.interventions.confirmation import queries as confirmation
from portal.interventions.confirmation.queries import Standing
from portal.interventions.corrections import queries as corrections
from portal.interventions.corrections.rules import Names
from portal.interventions.documents import queries as attached
from portal.interventions.documents.rules import INTERVENTION
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState
from portal.organisations.models import Pole
from portal.requests.emails import link
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.queries import anybody, is_visible_to, named, owned_by, poles_joined
from portal.requests.steps import AssignmentState
from portal.web.links import Link

LATELY = 200
"""So many acts of somebody say what is usual."""
LENGTHS_OFFERED = 4


def of_request(request_id: int, actor: Actor | None = None) -> Sequence[Intervention]:
    """The interventions of a request that was read, latest first, with who took part and what each gave; a partner has
    only those it gives to."""
    statement = _of_request(actor.role if actor else None)
    values = {**named(actor), "request_id": request_id}
    return db.session.scalars(statement, values).unique().all()


@cache
def _of_request(role: Role | None) -> Select[Intervention]:
    """Built once."""
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .where(Assignment.request_id == bindparam("request_id"), is_done_by(anybody(role) if role else None))
        .options(
            joinedload(Intervention.practices).joinedload(Practice.person),
            joinedload(Intervention.contributions),
            joinedload(Intervention.also_served),
            confirmation.with_who_said_so(),
            corrections.with_corrections(),
            attached.with_documents(),
            immediateload(Intervention.assignment),  # no query: the request keeps its assignments
        )
        .order_by(Intervention.on.desc(), Intervention.id.desc())
    )


def is_done_by(actor: Actor | None) -> ColumnElement[bool]:
    """A partner has the acts that it gives to, whoever noted them; everybody else has all of a request."""
    if not (actor and actor.is_partner):
        return true()
    return Intervention.contributions.any(Contribution.assignment.has(owned_by(actor)))


def whole() -> tuple[ExecutableOption, ...]:
    """Load who comes, what each partner gives, and whom it is for."""
    return (
        selectinload(Intervention.practices).joinedload(Practice.person),
        selectinload(Intervention.contributions),
        selectinload(Intervention.also_served),
    )


def with_its_pole() -> ExecutableOption:
    """Load for whom it is, whose clocks show its hour."""
    to_request = joinedload(Intervention.assignment).joinedload(Assignment.request)
    return to_request.joinedload(SupportRequest.pole)


def get(actor: Actor, intervention_id: int) -> Intervention | None:
    """One intervention of one's own requests; a partner has only those it gives to."""
    statement = (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(Intervention.id == intervention_id, is_visible_to(actor), is_done_by(actor))
        .options(
            joinedload(Intervention.practices).joinedload(Practice.person),
            joinedload(Intervention.contributions),
            joinedload(Intervention.also_served).joinedload(AlsoServed.pole),
            confirmation.with_who_said_so(),
            attached.with_documents(),
            joinedload(Intervention.assignment).options(
                joinedload(Assignment.partner),
                joinedload(Assignment.request).options(
                    joinedload(SupportRequest.pole),
                    joinedload(SupportRequest.service),
                    joinedload(SupportRequest.assignments).joinedload(Assignment.partner),
                ),
            ),
        )
    )
    return db.session.scalars(statement).unique().one_or_none()


def _readable_by(actor: Actor) -> Select[int]:
    return (
        select(Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(is_visible_to(actor), is_done_by(actor))
    )


def _link(intervention_id: int) -> Link:
    return link(confirmation.reference_of(intervention_id) or "")


LOGGED = Parent(INTERVENTION, Intervention.id, _readable_by, _link)


def documents_on(interventions: Iterable[Intervention]) -> Mapping[int, Sequence[Shown]]:
    """The documents of those that were read, by number; no statement where none has any."""
    by_act: dict[int, list[Shown]] = {}
    numbers = [each.id for each in interventions if each.has_documents]
    for each in documents.shown({LOGGED: numbers}):
        by_act.setdefault(each.document.parent_id or 0, []).append(each)
    return by_act


def own_part(actor: Actor, intervention: Intervention) -> Contribution | None:
    """What one's own partner gives to an intervention that another has noted."""
    own = (
        share for share in intervention.contributions if share.assignment.partner_id == actor.organisation_id
    )
    return next((share for share in own if share.assignment_id != intervention.assignment_id), None)


def get_locked(intervention_id: int) -> Intervention | None:
    """An intervention, fresh, under the lock of its request."""
    statement = (
        select(Intervention)
        .where(Intervention.id == intervention_id)
        .options(*whole())
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def by_once(assignment_id: int, once: str) -> Intervention | None:
    """The intervention that a form already created."""
    return db.session.scalar(
        select(Intervention).where(Intervention.once == once, Intervention.assignment_id == assignment_id)
    )


def noted_on(assignment_id: int, day: date) -> list[tuple[Intervention, Person | None]]:
    """What is planned or done on a day for an assignment, first noted first, with who noted it, where that is known."""
    statement = (
        select(Intervention)
        .where(
            Intervention.assignment_id == assignment_id,
            Intervention.on == day,
            Intervention.state.in_((InterventionState.PLANNED, InterventionState.DONE)),
        )
        .options(joinedload(Intervention.assignment).joinedload(Assignment.partner))
        .order_by(Intervention.id)
    )
    return [(intervention, _author(intervention)) for intervention in db.session.scalars(statement)]


def _author(intervention: Intervention) -> Person | None:
    """Who wrote the first event since it was there."""
    statement = (
        select(Person)
        .join(RequestEvent, RequestEvent.actor_id == Person.id)
        .where(
            RequestEvent.assignment_id == intervention.assignment_id,
            RequestEvent.action.in_((steps.PLAN.name, steps.LOG.name)),
            RequestEvent.at >= intervention.created_at,
        )
        .order_by(RequestEvent.id)
        .limit(1)
    )
    return db.session.scalar(statement)


def poles_beside(request_id: int) -> Sequence[Pole]:
    """The poles that an intervention of a request may be for, beside the one that asks."""
    return poles_joined([request_id]).get(request_id, ())


def usual_lengths(person_id: int, service_id: int | None) -> Sequence[int]:
    """How long what somebody did lately for a service mostly took, in minutes, the most frequent first."""
    lately = (
        select(Intervention.minutes, SupportRequest.service_id)
        .join(Practice, Practice.intervention_id == Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(Practice.person_id == person_id, Intervention.state == InterventionState.DONE)
        .order_by(Practice.intervention_id.desc())
        .limit(LATELY)
        .subquery()
    )
    of_service = lately.c.service_id.is_not_distinct_from(service_id)
    statement = select(lately.c.minutes).where(of_service).group_by(lately.c.minutes)
    most = statement.order_by(func.count().desc(), lately.c.minutes).limit(LENGTHS_OFFERED)
    return db.session.scalars(most).all()


def standing(interventions: Iterable[Intervention]) -> Mapping[int, Standing]:
    """Where those that are read of a request stand with its pole, by number."""
    return confirmation.standing(interventions)


def named_by_corrections(interventions: Iterable[Intervention]) -> Names:
    """Whom the corrections name of those that are read of a request."""
    return corrections.names(interventions)


def any_done(interventions: Iterable[Intervention]) -> bool:
    return any(intervention.state is InterventionState.DONE for intervention in interventions)


def writable(actor: Actor, own: Sequence[Assignment]) -> Mapping[str, Sequence[Assignment]]:
    """Of the assignments of somebody's own: to which they add interventions, of which they tell what was held when it
    was completed, and which have ended and whose work they may still tell of."""
    if not allows(actor, Permission.INTERVENTION_LOG):
        return {"may_log": (), "may_finish": (), "may_still_log": ()}
    return {
        "may_log": [each for each in own if each.state is AssignmentState.ACCEPTED],
        "may_finish": [each for each in own if each.state is AssignmentState.COMPLETED],
        "may_still_log": [each for each in own if _has_ended(each)],
    }


def _has_ended(assignment: Assignment) -> bool:
    """Was it accepted, and has it ended since?"""
    has_accepted = assignment.answered_on is not None
    is_under_way = assignment.state is AssignmentState.ACCEPTED
    return not is_under_way and steps.may_have_worked(assignment.state, has_accepted=has_accepted)
