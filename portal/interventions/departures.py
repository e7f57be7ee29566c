"""The planned interventions of somebody who leaves a partner, and their way to a colleague."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.interventions import emails, queries, words
from portal.interventions.models import Intervention, Practice
from portal.interventions.workflow import InterventionState
from portal.requests import queries as requests
from portal.requests.emails import News, tell
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.workflow import Action, Audience
from portal.teams.departures import Departure, OpenWork


def _planned(person_id: int, organisation_id: int) -> Select[Intervention]:
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


def _days(person_id: int, organisation_id: int) -> Sequence[str]:
    statement = _planned(person_id, organisation_id).options(queries.with_its_pole())
    found = db.session.scalars(statement)
    return [words.when_and_where(one, one.assignment.request.pole.place) for one in found]


def _give(departure: Departure) -> None:
    """The poles hear who comes instead; the colleague gets one e-mail about everything."""
    leaving = departure.membership
    statement = _planned(leaving.person_id, leaving.organisation_id).options(
        joinedload(Intervention.assignment).joinedload(Assignment.request).load_only(SupportRequest.reference)
    )
    told: list[News] = []
    for seen in db.session.scalars(statement).all():
        request = requests.get_locked(None, seen.assignment.request.reference)
        intervention = queries.get_locked(seen.id)
        if request and intervention and intervention.state is InterventionState.PLANNED:
            assignment = next(one for one in request.assignments if one.id == seen.assignment_id)
            told += _replace(departure, assignment, intervention)
    tell(told, departure.actor)


def _replace(departure: Departure, assignment: Assignment, intervention: Intervention) -> list[News]:
    leaving = departure.membership.person_id
    kept = [one for one in intervention.practices if one.person_id != leaving]
    if len(kept) == len(intervention.practices):
        return []
    before = emails.meeting(intervention)
    if departure.to is not None and all(one.person_id != departure.to.id for one in kept):
        kept.append(Practice(person=departure.to))
    intervention.practices = kept
    event = RequestEvent(
        request=assignment.request,
        assignment=assignment,
        action=Action.CORRECT,
        actor_id=departure.actor.person_id if departure.actor else None,
        organisation_id=departure.membership.organisation_id,
        from_state=assignment.state,
        to_state=assignment.state,
    )
    db.session.add(event)
    told = emails.news(event, departure.actor, intervention, before)
    return [one for one in told if one.audience is Audience.POLE]


OPEN_WORK = (OpenWork(_l("Planned interventions"), _days, _give),)
