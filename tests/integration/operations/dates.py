"""What the worker does about dates: what it finds, and what somebody did meanwhile."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.interventions import steps as visits
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.drafts.models import LogDraft
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.interventions.told import rules
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from portal.sessions import queries as sessions
from portal.sessions.presence.models import HeldSession
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.calendars.steps import day, stand_in_calendars
from tests.sessions import raw_held, raw_registration, raw_session, raw_word
from tests.shares import raw_confirmation


def planned_lately(make: Builder) -> Any:
    """On the last day whose evening has come, wherever that is."""
    partner = make.partner()
    for evening in sorted({evening for _place, evening in rules.evenings(clock.now())}):
        part = make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED)
        who = make.practitioner(partner).person
        make.raw_intervention(part, who, InterventionState.PLANNED, on=evening, report="")


def told_by_now(_person_id: int) -> None:
    """Somebody has called it off."""
    db.session.execute(update(Intervention).values(state=InterventionState.CALLED_OFF))


def touched(request_id: int) -> None:
    """Somebody planned a date for it."""
    request = db.session.get(SupportRequest, request_id, with_for_update=True)
    who = db.session.scalars(select(Person.id).order_by(Person.id)).first()
    db.session.add(
        RequestEvent(
            request_id=request.id, action=visits.PLAN.name, actor_id=who, from_state="a", to_state="b"
        )
    )


def logged(make: Builder) -> Any:
    """A coordinator was told long ago of what a partner logged, and said nothing."""
    coordinator, partner = make.coordinator(), make.partner()
    request = make.raw_request(coordinator)
    part = make.raw_assignment(request, partner, AssignmentState.ACCEPTED)
    act = make.raw_intervention(part, make.practitioner(partner).person)
    raw_confirmation(make, act, asked_at=days_ago(60))
    _told_long_ago(make, coordinator, "interventions/log_pole", act.id, request.reference)


def received(make: Builder) -> Any:
    """The same of what their pole received at a session."""
    coordinator, on = make.coordinator(), clock.today() - timedelta(days=60)
    by = make.practitioner()
    session = raw_session(make, by, make.service(by.organisation), state="held", on=on, closes_on=on)
    held = raw_held(make, session, by, raw_registration(make, session, coordinator))
    raw_word(make, held, coordinator, asked_at=days_ago(60))
    _told_long_ago(make, coordinator, "sessions/close_pole", held.intervention_id, None)


def _told_long_ago(
    make: Builder, coordinator: Membership, kind: str, number: int, reference: str | None
) -> None:
    about = {"kind": kind, "text": "t", "html": "h", "language": "fr", "subject": "Lisez"}
    reader = {
        "recipient": coordinator.person.email,
        "recipient_name": "A",
        "person_id": coordinator.person_id,
    }
    left = {
        "created_at": days_ago(59),
        "sent_at": days_ago(59),
        "next_attempt_at": None,
        "read_at": days_ago(1),
    }
    told = {"message_id": f"<log-{number}@x>", "thread": reference, "waiting": [number]}
    make._save(OutboxEmail(**about, **reader, **left, **told))


def contested_there(intervention_id: int) -> None:
    """Under the lock of its session, as the pole does."""
    of_it = select(HeldSession.session_id).where(HeldSession.intervention_id == intervention_id)
    sessions.locked(db.session.scalar(of_it) or 0)
    which = Confirmation.intervention_id == intervention_id
    db.session.execute(update(Confirmation).where(which).values(state="contested"))


def contested(intervention_id: int) -> None:
    """Under the lock of its request, as the pole does."""
    request_id = (
        select(Assignment.request_id).join(Intervention).where(Intervention.id == intervention_id)
    ).scalar_subquery()
    db.session.scalar(select(SupportRequest).where(SupportRequest.id == request_id).with_for_update())
    which = Confirmation.intervention_id == intervention_id
    db.session.execute(update(Confirmation).where(which).values(state="contested"))


def left_to_a_colleague(make: Builder) -> Any:
    """One of two coordinators whose calendars have a date is no longer of the pole."""
    coordinator, partner = make.coordinator(), make.partner()
    leaves = make.coordinator(coordinator.organisation)
    assignment = make.raw_assignment(make.raw_request(coordinator), partner, AssignmentState.ACCEPTED)
    practitioner = make.practitioner(partner).person
    planned = make.raw_intervention(assignment, practitioner, InterventionState.PLANNED, on=day(9), report="")
    stand_in_calendars(planned.id)
    with transaction() as session:
        session.get_one(Membership, leaves.id).ended_at = clock.now()


def took_place(intervention_id: int) -> None:
    """Under the lock of its request, as whoever logs it."""
    request_id = select(Assignment.request_id).join(Intervention).where(Intervention.id == intervention_id)
    of_it = SupportRequest.id == request_id.scalar_subquery()
    db.session.scalar(select(SupportRequest).where(of_it).with_for_update())
    which = Intervention.id == intervention_id
    db.session.execute(update(Intervention).where(which).values(state=InterventionState.DONE, report="Fait."))


def begun_log(make: Builder, at: datetime) -> LogDraft:
    """What somebody typed of what they did, last written in at a moment."""
    part = make.raw_assignment(make.raw_request(), make.partner())
    about = {"person_id": make.practitioner().person_id, "assignment_id": part.id}
    return make._save(LogDraft(**about, typed={"report": ["Un début"]}, written_at=at))
