"""What tests of confirmations share: an intervention that was logged, and what became of its e-mails."""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.models import Intervention
from portal.interventions.steps import Place
from portal.notifications.models import MailFailure, OutboxEmail
from portal.organisations.models import Partner, Pole
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.requests.steps import actor_of

MONDAY = date(2026, 3, 2)
LAST_DAY = date(2026, 3, 11)
"""The seventh working day after MONDAY."""
REPORT = "Nous avons posé le partage des locaux."


class Scene(NamedTuple):
    """A pole with one coordinator, whose department is not known, and a partner that accepted its request."""

    pole: Pole
    coordinator: Membership
    member: Membership
    partner: Partner
    practitioner: Membership
    cell: Membership
    request: SupportRequest
    assignment: Assignment


def build_scene(make: Builder) -> Scene:
    pole = make.pole(name="Pôle de l’Œuvre commune", department_code=None, town=None)
    coordinator, partner = make.coordinator(pole), make.partner(regions=("28",))
    practitioner = make.practitioner(partner)
    request = make.raw_request(coordinator, submitted_at=datetime(2026, 1, 5, 9, tzinfo=UTC))
    assignment = make.raw_assignment(
        request, partner, AssignmentState.ACCEPTED, referent_id=practitioner.person_id
    )
    member = make.member(pole, next(role for role in type(coordinator.role) if role.value == "member"))
    cell = make.regional_admin("28")
    return Scene(pole, coordinator, member, partner, practitioner, cell, request, assignment)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.PARIS)


def facts(on: date = MONDAY, minutes: int = 180, report: str = REPORT) -> service.Facts:
    return service.Facts(on, None, minutes, Place.ON_SITE, None, report=report)


def log(scene: Scene, on: date = MONDAY, once: str = "log-key", minutes: int = 180) -> int:
    """Log an intervention of a day, on that day; its number."""
    with clock.travelling_to(at(on)), transaction():
        return service.add(
            actor_of(scene.practitioner),
            scene.request.reference,
            scene.assignment.id,
            visits.LOG,
            once,
            facts(on, minutes),
            [scene.practitioner.person_id],
        ).id


def deliver(day: date = MONDAY, *which: Any) -> int:
    """What waits leaves on a day, and is taken; how many."""
    with transaction() as session:
        return session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.sent_at.is_(None), *which)
            .values(sent_at=at(day, 11), next_attempt_at=None)
        ).rowcount


def come_back(day: date, *which: Any) -> None:
    """What was sent comes back."""
    with transaction() as session:
        for email in session.scalars(select(OutboxEmail).where(*which)):
            session.add(
                MailFailure(
                    address=email.recipient,
                    message_id=email.message_id,
                    error="550 5.1.1 Nobody",
                    counts=True,
                    at=at(day, 12),
                )
            )


def is_away(membership: Membership, first: date, last: date, substitute_id: int | None = None) -> None:
    with transaction() as session:
        session.add(
            Absence(membership_id=membership.id, starts_on=first, ends_on=last, substitute_id=substitute_id)
        )


def confirmation() -> Confirmation | None:
    return db.session.scalars(select(Confirmation).execution_options(populate_existing=True)).one_or_none()


def adjustments() -> list[Adjustment]:
    statement = select(Adjustment).order_by(Adjustment.id).execution_options(populate_existing=True)
    return [*db.session.scalars(statement)]


def the_intervention() -> Intervention:
    return db.session.scalars(select(Intervention).execution_options(populate_existing=True)).one()
