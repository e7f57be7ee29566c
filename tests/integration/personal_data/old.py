"""Requests of the past, with something personal wherever people write."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.conversation.models import MessageDraft, Reading
from portal.db import db, transaction
from portal.interventions.drafts.models import LogDraft
from portal.personal_data import jobs
from portal.personal_data.rules import Kept
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, Outcome
from portal.steps import Step
from tests.builders import Builder
from tests.jobs import walk

SECRET = "Zénobie Quintefeuille"
"""Written in every free text of what `finished` makes."""
LONG_AGO = timedelta(days=3 * 365 + 5)


def finished(make: Builder, ago: timedelta = LONG_AGO, **values: Any) -> SupportRequest:
    """A request that was sent, accepted, logged and completed some time ago, and not touched since."""
    moment = clock.now() - ago
    coordinator, partner = make.coordinator(), make.partner()
    practitioner = make.practitioner(partner)
    request = make.raw_request(
        coordinator,
        service=make.service(partner),
        need=f"Appelez {SECRET}.",
        phone="06 39 98 12 34",
        created_at=moment,
        submitted_at=moment,
        closed_at=moment,
        **values,
    )
    day = clock.local(moment).date()
    assignment = make.raw_assignment(
        request,
        partner,
        AssignmentState.COMPLETED,
        due_on=day,
        answered_on=day,
        answer_days=2,
        completed_on=day,
        outcome=Outcome.HELPED,
        review=f"{SECRET} est ravie.",
        referent_id=practitioner.person_id,
    )
    make.raw_intervention(
        assignment,
        practitioner.person,
        on=day,
        place=f"Chez {SECRET}",
        participant_names=f"{SECRET}, Bao",
        participating_organisations=f"Association {SECRET}",
        report=f"Avec {SECRET}.",
        next_step=f"Rappeler {SECRET}.",
    )
    told = {"partners": (partner,), "named": (practitioner.person,), "at": moment}
    make.raw_message(request, coordinator, f"{SECRET} viendra.", **told)
    make.raw_message(request, practitioner, f"{SECRET} hésite.", note=True, at=moment)
    guest = {"name": SECRET, "role": f"Amie de {SECRET}", "email": "amie@exemple.test"}
    make.raw_guest(request, practitioner, **guest)
    who = {"person_id": practitioner.person_id, "organisation_id": partner.id, "request_id": request.id}
    with transaction() as session:
        session.add(Reading(**who, read_until=1, at=moment))
        session.add(MessageDraft(**who, reach="note", text=f"{SECRET} dit", begun_at=moment))
        about = {"person_id": practitioner.person_id, "assignment_id": assignment.id}
        session.add(LogDraft(**about, typed={"report": [f"{SECRET} dit"]}, written_at=moment))
    happened(request, coordinator, steps.SUBMIT, moment)
    happened(request, practitioner, steps.COMPLETE, moment, assignment=assignment, message=f"Merci {SECRET}.")
    return request


def waiting(make: Builder, ago: timedelta = LONG_AGO) -> SupportRequest:
    """A request that a partner accepted some time ago, and that everybody forgot."""
    moment = clock.now() - ago
    coordinator, partner = make.coordinator(), make.partner()
    make.practitioner(partner)
    request = make.raw_request(coordinator, need=f"Appelez {SECRET}.", created_at=moment, submitted_at=moment)
    make.raw_assignment(request, partner, AssignmentState.ACCEPTED, due_on=clock.local(moment).date())
    happened(request, coordinator, steps.SUBMIT, moment)
    return request


def happened(
    request: SupportRequest,
    who: Membership | None,
    action: Step[Any],
    at: datetime,
    assignment: Assignment | None = None,
    message: str | None = None,
) -> None:
    """An event of that moment."""
    event = RequestEvent(
        request_id=request.id,
        assignment_id=assignment.id if assignment else None,
        action=action.name,
        actor_id=who.person_id if who else None,
        organisation_id=who.organisation_id if who else None,
        from_state="accepted",
        to_state="completed",
        message=message,
        at=at,
    )
    with transaction() as session:
        session.add(event)


def run(*kept: Kept) -> Sequence[int]:
    """All of each rule; return how much each ended."""
    return [sum(walk(job).done for job in jobs.DUTIES[one].jobs) for one in kept]


def the_practitioner() -> Membership:
    """Who took part in what `finished` makes."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.role == Role.PRACTITIONER)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
    ).one()
