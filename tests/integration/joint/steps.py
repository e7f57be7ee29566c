"""A request of one pole, others around it, and what they do together."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.joint import service, steps
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world


class Poles(NamedTuple):
    """`first`, `second`, `third`: coordinators of other poles; `member`: a colleague of the first."""

    world: World
    request: SupportRequest
    assignment: Assignment
    first: Membership
    second: Membership
    third: Membership
    member: Membership

    @property
    def reference(self) -> str:
        return self.request.reference

    @property
    def path(self) -> str:
        """The page of the request for the pole that asks, the partner and the cell."""
        return f"/demandes/{self.reference}"

    @property
    def shared(self) -> str:
        """Its page for other poles."""
        return f"/demandes-communes/{self.reference}"


def build_poles(make: Builder, state: AssignmentState = AssignmentState.ACCEPTED) -> Poles:
    world = build_world(make)
    request = make.raw_request(world.coordinator, service=world.service, phone="02 99 00 11 22")
    assignment = make.raw_assignment(request, world.partner, state, referent_id=world.practitioner.person_id)
    first, second, third = make.coordinator(), make.coordinator(), make.coordinator()
    member = make.member(first.organisation, Role.MEMBER)
    return Poles(world, request, assignment, first, second, third, member)


def invite(poles: Poles, who: Membership, word: str = "") -> None:
    with transaction():
        service.invite(actor_of(poles.world.coordinator), poles.reference, who.organisation_id, word)


def invite_undoable(poles: Poles, who: Membership) -> None:
    actor = actor_of(poles.world.coordinator)
    with transaction(), undo.act(actor, steps.INVITE):
        service.invite(actor, poles.reference, who.organisation_id, "")


def join(poles: Poles, who: Membership, answer: str = "") -> None:
    with transaction():
        service.join(actor_of(who), poles.reference, answer)


def refuse(poles: Poles, who: Membership, answer: str = "") -> None:
    with transaction():
        service.refuse(actor_of(who), poles.reference, answer)


def leave(poles: Poles, who: Membership, answer: str = "") -> None:
    with transaction():
        service.leave(actor_of(who), poles.reference, answer)


def shut_out(poles: Poles, who: Membership) -> None:
    with transaction():
        service.shut_out(actor_of(poles.world.coordinator), poles.reference, who.organisation_id)


def with_joined(poles: Poles, *who: Membership) -> None:
    """They joined, and nobody remembers the e-mails."""
    for each in who:
        invite(poles, each)
        join(poles, each)
    forget_mails()


def forget_mails() -> None:
    with transaction() as session:
        for email in session.scalars(select(OutboxEmail)):
            session.delete(email)


def states(poles: Poles) -> dict[int, JointState]:
    """Where each other pole stands, by its number, as it is stored."""
    rows = db.session.execute(
        select(JointPole.pole_id, JointPole.state).where(JointPole.request_id == poles.request.id)
    )
    return {row.pole_id: row.state for row in rows}


def mails() -> dict[str, list[str]]:
    """Whom each kind of e-mail was written to."""
    told: dict[str, list[str]] = {}
    for email in db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id)):
        told.setdefault(email.kind, []).append(email.recipient)
    return told


def events(poles: Poles) -> Iterator[Any]:
    yield from db.session.scalars(
        select(RequestEvent).where(RequestEvent.request_id == poles.request.id).order_by(RequestEvent.id)
    )
