"""What becomes of planned interventions when their assignment ends."""

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from portal.access.roles import Actor
from portal.db import db, require_transaction
from portal.interventions import emails
from portal.interventions.models import Intervention, Practice
from portal.interventions.workflow import InterventionState, after
from portal.requests.appointments import CalledOff, Diary
from portal.requests.models import Assignment, RequestEvent
from portal.requests.workflow import Action


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
        intervention.state = after(intervention.state, Action.CALL_OFF)
        event = RequestEvent(
            request=assignment.request,
            assignment=assignment,
            action=Action.CALL_OFF,
            actor_id=actor.person_id if actor else None,
            organisation_id=actor.organisation_id if actor else None,
            from_state=assignment.state,
            to_state=assignment.state,
            message=why,
        )
        db.session.add(event)
        done.facts.append(emails.called_off_fact(intervention, assignment))
        done.news.extend(emails.news(event, actor, intervention))
    return done


DIARY = Diary(_any_planned, _call_off)
