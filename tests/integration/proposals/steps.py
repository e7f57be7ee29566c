"""A request that is under way, and what is done to agree on a date for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import queries as interventions
from portal.interventions.models import Intervention
from portal.interventions.steps import Place
from portal.notifications.models import OutboxEmail
from portal.proposals import queries, service
from portal.proposals.models import DateProposal
from portal.proposals.rules import Moment
from portal.proposals.steps import ProposalState
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from portal.requests.undo import service as undo
from portal.steps import Step
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world

WORDS, OTHERS = "Le mardi nous convient le mieux.", "Plutôt <b>un jeudi</b> & en juin, à l’École."


class Scene(NamedTuple):
    """`second`: another coordinator of the pole; `coming`: of the partner, beside who proposes."""

    world: World
    request: SupportRequest
    assignment: Assignment
    second: Membership
    coming: Membership

    @property
    def path(self) -> str:
        return f"/demandes/{self.request.reference}"

    @property
    def propose_path(self) -> str:
        return f"{self.path}/affectations/{self.assignment.id}/proposer-des-dates"

    @property
    def partner(self) -> Actor:
        return actor_of(self.world.practitioner)

    @property
    def pole(self) -> Actor:
        return actor_of(self.world.coordinator)


def build_scene(make: Builder, **pole: Any) -> Scene:
    world = build_world(make)
    asks = make.coordinator(make.pole(**pole)) if pole else world.coordinator
    world = world._replace(coordinator=asks)
    request = make.raw_request(asks, service=world.service)
    assignment = make.raw_assignment(
        request, world.partner, AssignmentState.ACCEPTED, referent_id=world.practitioner.person_id
    )
    second = make.member(asks.organisation, Role.COORDINATOR)
    return Scene(world, request, assignment, second, make.practitioner(world.partner))


def day(ahead: int) -> date:
    return clock.today() + timedelta(days=ahead)


def dates(*ahead: int, at: time = time(9, 30)) -> dict[int, Moment]:
    return {number: (day(days), at) for number, days in enumerate(ahead, 1)}


def offer(*ahead: int, **values: Any) -> service.Offer:
    same = {"minutes": 210, "place_kind": Place.ON_SITE, "place": "12, rue de l’Église", **values}
    return service.Offer(dates(*ahead), **same)


@contextmanager
def acting(who: Actor, step: Step[Any]) -> Iterator[None]:
    """As a page does it."""
    with transaction(), undo.act(who, step):
        yield


def propose(
    scene: Scene, *ahead: int, once: str = "first", who: list[Membership] | None = None, **values: Any
) -> DateProposal:
    people = who if who is not None else [scene.world.practitioner, scene.coming]
    with transaction():
        return service.propose(
            scene.partner,
            scene.request.reference,
            scene.assignment.id,
            once,
            offer(*(ahead or (8, 10, 14)), **values),
            [member.person_id for member in people],
            WORDS,
        )


def pick(scene: Scene, proposal: DateProposal, number: int = 2, who: Membership | None = None) -> None:
    with transaction():
        service.pick(actor_of(who or scene.world.coordinator), proposal.id, number)


def again(proposal: DateProposal) -> DateProposal:
    """As it is stored now."""
    with transaction():
        return queries.locked(proposal.id)


def state(proposal: DateProposal) -> ProposalState:
    return again(proposal).state


def planned() -> list[Intervention]:
    statement = select(Intervention).order_by(Intervention.id).execution_options(populate_existing=True)
    return [*db.session.scalars(statement)]


def planned_whole() -> Intervention:
    """The only one, with who comes and whom it is for."""
    with transaction():
        intervention = interventions.get_locked(planned()[0].id)
    assert intervention
    return intervention


def actions() -> list[str]:
    return [*db.session.scalars(select(RequestEvent.action).order_by(RequestEvent.id))]


def mails() -> dict[str, list[str]]:
    """Who was written to, by kind of e-mail."""
    told: dict[str, list[str]] = {}
    for mail in db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id)):
        told.setdefault(mail.kind, []).append(mail.recipient)
    return {kind: sorted(people) for kind, people in told.items()}


def texts(kind: str) -> list[str]:
    return [*db.session.scalars(select(OutboxEmail.text).where(OutboxEmail.kind == kind))]


def forget_mails() -> None:
    with transaction() as session:
        for mail in session.scalars(select(OutboxEmail)):
            session.delete(mail)
