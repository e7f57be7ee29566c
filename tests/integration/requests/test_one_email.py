"""One act, one e-mail to a person: every step of requests and interventions, where people and mailboxes overlap."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions.steps import InterventionState, Place
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.requests import service
from portal.requests.changes.service import Said
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import TRANSITIONS, Action, AssignmentState, Planned, RequestState
from portal.teams import service as teams
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world

A = AssignmentState
STARTS: dict[Action, tuple[str | None, AssignmentState | None]] = {
    Action.SUBMIT: ("coordinator", None),
    Action.ROUTE: ("cell", None),
    Action.WITHDRAW: ("coordinator", A.ACCEPTED),
    Action.DROP: ("cell", A.ACCEPTED),
    Action.ACCEPT: ("practitioner", A.PROPOSED),
    Action.DECLINE: ("practitioner", A.PROPOSED),
    Action.ASK: ("practitioner", A.PROPOSED),
    Action.ANSWER: ("coordinator", A.ON_HOLD),
    Action.CHANGE_REFERENT: ("manager", A.ACCEPTED),
    Action.HAND_BACK: ("practitioner", A.ACCEPTED),
    Action.COMPLETE: ("practitioner", A.ACCEPTED),
    Action.REOPEN: ("coordinator", A.COMPLETED),
    Action.CANCEL: ("cell", A.ACCEPTED),
    Action.EXPIRE: (None, A.PROPOSED),
    Action.CHANGE_CONTACT: ("coordinator", A.ACCEPTED),
    Action.MOVE: ("national", A.ACCEPTED),
    Action.PLAN: ("practitioner", A.ACCEPTED),
    Action.LOG: ("practitioner", A.ACCEPTED),
    Action.CORRECT: ("practitioner", A.ACCEPTED),
    Action.CALL_OFF: ("practitioner", A.ACCEPTED),
}


def colleagues(make: Builder, world: World) -> None:
    """Nobody twice: several of each side."""
    make.member(world.partner, Role.PRACTITIONER)
    make.member(world.cell.organisation, Role.REGIONAL_ADMIN)


def coordinator_works_for_the_partner(make: Builder, world: World) -> None:
    make.member(world.partner, Role.PRACTITIONER, world.colleague.person)


def coordinator_sits_in_the_cell(make: Builder, world: World) -> None:
    make.member(world.cell.organisation, Role.REGIONAL_ADMIN, world.coordinator.person)


def one_person_is_everything(make: Builder, world: World) -> None:
    for organisation, role in (
        (world.coordinator.organisation, Role.COORDINATOR),
        (world.cell.organisation, Role.REGIONAL_ADMIN),
        (world.national.organisation, Role.NATIONAL_ADMIN),
    ):
        make.member(organisation, role, world.manager.person)


def mailboxes_are_those_of_people(make: Builder, world: World) -> None:
    with transaction() as session:
        for organisation, member in (
            (world.coordinator.organisation, world.colleague),
            (world.partner, world.manager),
            (world.cell.organisation, world.coordinator),
        ):
            organisation.shared_mailbox = member.person.email.upper()
            session.add(organisation)


def all_share_one_mailbox(make: Builder, world: World) -> None:
    with transaction() as session:
        for organisation in (world.coordinator.organisation, world.partner, world.cell.organisation):
            organisation.shared_mailbox = "tous@exemple.test"
            session.add(organisation)


def substitutes_are_colleagues(make: Builder, world: World) -> None:
    today = clock.today()
    with transaction() as session:
        for away, other in ((world.practitioner, world.manager), (world.coordinator, world.colleague)):
            absence = Absence(membership_id=away.id, starts_on=today, ends_on=today)
            absence.substitute_id = other.person_id
            session.add(absence)


WORLDS: list[Callable[[Builder, World], None]] = [
    colleagues,
    coordinator_works_for_the_partner,
    coordinator_sits_in_the_cell,
    one_person_is_everything,
    mailboxes_are_those_of_people,
    all_share_one_mailbox,
    substitutes_are_colleagues,
]


class Play:
    """A request where an action can be done, with two planned dates of several people where it is accepted."""

    def __init__(self, action: Action, make: Builder, world: World) -> None:
        self.action, self.make, self.world = action, make, world
        who, state = STARTS[action]
        self.doer: Membership | None = getattr(world, who) if who else None
        start = RequestState.DRAFT if action is Action.SUBMIT else RequestState.TO_ROUTE
        direct = make.service(world.partner, direct=True) if action is Action.SUBMIT else world.service
        self.request: SupportRequest = make.request(world.coordinator, start, service=direct)
        self.partners = [world.partner, make.partner(), make.partner()]
        for other in self.partners[1:]:
            make.member(other, Role.PRACTITIONER, world.practitioner.person)
        self.assignments: list[Assignment] = []
        if state:
            proposed = clock.now() - timedelta(days=40)
            self.assignments = [
                make.assignment(self.request, one, state, proposed_at=proposed, due_on=proposed.date())
                for one in (
                    self.partners if action in {Action.EXPIRE, Action.WITHDRAW} else self.partners[:1]
                )
            ]
        self.successor = make.coordinator().organisation
        self.planned = [
            make.intervention(
                one, world.manager.person, InterventionState.PLANNED, on=clock.today(), report=""
            )
            for one in self.assignments
            if one.state is A.ACCEPTED and action is not Action.PLAN
        ]

    def act(self) -> None:
        actor = actor_of(self.doer) if self.doer else None
        reference = self.request.reference
        said = Said("other", "Voici.", self.world.practitioner.person_id, planned=Planned.CALLED_OFF)
        match self.action:
            case Action.SUBMIT:
                service.submit(actor, reference)
            case Action.ROUTE:
                service.route(actor, reference, Said(partner_ids=[one.id for one in self.partners]))
            case Action.WITHDRAW | Action.DROP:
                service.close(actor, reference, self.action, said)
            case Action.MOVE:
                assert actor
                service.move(actor, reference, self.successor, Said(message="Voici."))
            case Action.CHANGE_CONTACT:
                assert actor
                pole = db.session.get_one(Organisation, actor.organisation_id)
                teams.end(actor, pole, actor.membership_id, self.world.colleague.person_id)
            case Action.EXPIRE:
                assert service.expire_unanswered(self.request.id)
            case _:
                self.decide_or_meet(actor)

    def decide_or_meet(self, actor: Actor | None) -> None:
        reference = self.request.reference
        said = Said("other", "Voici.", self.world.practitioner.person_id, planned=Planned.CALLED_OFF)
        match self.action:
            case Action.PLAN | Action.LOG | Action.CORRECT | Action.CALL_OFF:
                self.meet(actor)
            case _:
                if self.action is Action.COMPLETE:
                    said = Said("helped", "Voici.", planned=Planned.CALLED_OFF)
                if self.action is Action.CHANGE_REFERENT:
                    said = Said(referent_id=self.world.practitioner.person_id)
                service.decide(actor, reference, self.action, self.assignments[0].id, said)

    def meet(self, actor: Actor | None) -> None:
        """Plan for two people, or change what is planned for another one."""
        assert actor
        facts = interventions.Facts(clock.today(), None, 90, Place.REMOTE, None, report="Fait.")
        people = [self.world.practitioner.person_id, self.world.manager.person_id]
        if self.action is Action.PLAN:
            at = self.request.reference, self.assignments[0].id
            interventions.add(actor, *at, self.action, "k", facts, people)
        elif self.action is Action.CALL_OFF:
            interventions.change(actor, self.planned[0].id, self.action, message="Voici.")
        else:
            interventions.change(actor, self.planned[0].id, self.action, facts, people)


def test_every_action_is_walked() -> None:
    assert STARTS.keys() == set(TRANSITIONS)


@pytest.mark.parametrize("overlap", WORLDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("action", STARTS)
def test_one_act_writes_once_to_an_address_and_never_to_who_acts(
    make: Builder, action: Action, overlap: Callable[[Builder, World], None]
) -> None:
    world = build_world(make)
    play = Play(action, make, world)
    overlap(make, world)
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        play.act()
    to = Counter(address.lower() for address in db.session.scalars(select(OutboxEmail.recipient)))
    assert to, "somebody is told"
    assert max(to.values()) == 1, to
    if play.doer:
        assert play.doer.person.email.lower() not in to


def test_several_partners_make_one_email_that_names_them_all(make: Builder) -> None:
    world = build_world(make)
    play = Play(Action.ROUTE, make, world)
    with transaction():
        play.act()
    statement = select(OutboxEmail).where(OutboxEmail.recipient == world.colleague.person.email)
    (email,) = db.session.scalars(statement)
    assert all(one.name in email.text for one in play.partners)
