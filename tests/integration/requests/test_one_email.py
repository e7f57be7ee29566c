"""One act, one e-mail to a person: every step of requests and interventions, where people and mailboxes overlap."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.calendars.emails import INVITED, TAKEN_OUT
from portal.db import db, transaction
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.steps import InterventionState, Place
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.requests import service, steps
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, Planned, RequestState
from portal.steps import Audience, Step
from portal.teams import service as teams
from portal.teams.models import Absence
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.calendars.steps import stand_in_calendars
from tests.integration.requests.steps import DO, EVERY_STEP, World, actor_of, build_world
from tests.integration.requests.steps import STARTS as AT_DOORS

pytestmark = pytest.mark.one_database

A = AssignmentState
STARTS: dict[Step[Any], tuple[str | None, AssignmentState | None]] = {
    steps.SUBMIT: ("coordinator", None),
    **AT_DOORS,
    steps.WITHDRAW: ("coordinator", A.ACCEPTED),
    steps.DROP: ("cell", A.ACCEPTED),
    steps.CANCEL: ("cell", A.ACCEPTED),
    steps.ADD_INFORMATION: ("coordinator", A.ACCEPTED),
    steps.EXPIRE: (None, A.PROPOSED),
    steps.CHANGE_CONTACT: ("coordinator", A.ACCEPTED),
    steps.MOVE: ("national", A.ACCEPTED),
    visits.PLAN: ("practitioner", A.ACCEPTED),
    visits.LOG: ("practitioner", A.ACCEPTED),
    visits.MISS: ("practitioner", A.ACCEPTED),
    visits.CORRECT: ("practitioner", A.ACCEPTED),
    visits.CALL_OFF: ("practitioner", A.ACCEPTED),
    visits.CORRECT_LATER: ("cell", A.ACCEPTED),
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

    def __init__(self, action: Step[Any], make: Builder, world: World) -> None:
        self.action, self.make, self.world = action, make, world
        who, state = STARTS[action]
        self.doer: Membership | None = getattr(world, who) if who else None
        start = RequestState.DRAFT if action is steps.SUBMIT else RequestState.TO_ROUTE
        direct = make.service(world.partner, direct=True) if action is steps.SUBMIT else world.service
        self.request: SupportRequest = make.raw_request(world.coordinator, start, service=direct)
        self.partners = [world.partner, make.partner(), make.partner()]
        for other in self.partners[1:]:
            make.member(other, Role.PRACTITIONER, world.practitioner.person)
        self.assignments: list[Assignment] = []
        lead = (
            {"lead_id": make.raw_assignment(self.request, make.partner(), A.ACCEPTED).id}
            if action is steps.LEAD
            else {}
        )
        if state:
            proposed = days_ago(40)
            self.assignments = [
                make.raw_assignment(
                    self.request,
                    one,
                    state,
                    proposed_at=proposed,
                    due_on=proposed.date(),
                    held_on=proposed.date() if state is A.ON_HOLD else None,
                    **lead,
                )
                for one in (self.partners if action in {steps.EXPIRE, steps.WITHDRAW} else self.partners[:1])
            ]
        self.successor = make.coordinator().organisation
        is_old = action is visits.CORRECT_LATER
        self.planned = [
            make.raw_intervention(
                one,
                world.manager.person,
                InterventionState.DONE if is_old else InterventionState.PLANNED,
                on=clock.today(),
                report="Vu." if is_old else "",
                told_at=days_ago(31) if is_old else None,
            )
            for one in self.assignments
            if one.state is A.ACCEPTED and action is not visits.PLAN
        ]

    def act(self) -> None:
        actor = actor_of(self.doer) if self.doer else None
        reference = self.request.reference
        said = Details("other", "Voici.", self.world.practitioner.person_id, planned=Planned.CALLED_OFF)
        match self.action:
            case steps.SUBMIT:
                service.submit(actor, reference)
            case steps.ROUTE:
                service.route(actor, reference, Details(partner_ids=[one.id for one in self.partners]))
            case steps.WITHDRAW | steps.DROP | steps.ADD_INFORMATION:
                DO[self.action](actor, reference, said)
            case steps.MOVE:
                assert actor
                closing.move(actor, reference, self.successor, Details(message="Voici."))
            case steps.CHANGE_CONTACT:
                assert actor
                pole = db.session.get_one(Organisation, actor.organisation_id)
                teams.end(actor, pole, actor.membership_id, self.world.colleague.person_id)
            case steps.EXPIRE:
                assert assignments.expire_unanswered(self.request.id)
            case _:
                self.decide_or_meet(actor)

    def decide_or_meet(self, actor: Actor | None) -> None:
        reference = self.request.reference
        said = Details("other", "Voici.", self.world.practitioner.person_id, planned=Planned.CALLED_OFF)
        match self.action:
            case (
                visits.PLAN
                | visits.LOG
                | visits.MISS
                | visits.CORRECT
                | visits.CALL_OFF
                | visits.CORRECT_LATER
            ):
                self.meet(actor)
            case _:
                if self.action is steps.COMPLETE:
                    said = Details("helped", "Voici.", planned=Planned.CALLED_OFF)
                if self.action is steps.CHANGE_REFERENT:
                    said = Details(referent_id=self.world.practitioner.person_id)
                DO[self.action](actor, reference, self.assignments[0].id, said)

    def meet(self, actor: Actor | None) -> None:
        """Plan for two people, or change what is planned for another one."""
        assert actor
        facts = interventions.Facts(clock.today(), None, 90, Place.REMOTE, None, report="Fait.")
        people = [self.world.practitioner.person_id, self.world.manager.person_id]
        if self.action is visits.PLAN:
            at = self.request.reference, self.assignments[0].id
            interventions.add(actor, *at, self.action, "k", facts, people)
        elif self.action is visits.CORRECT_LATER:
            interventions.change(actor, self.planned[0].id, self.action, facts, people, "Relu.")
        elif self.action in {visits.CALL_OFF, visits.MISS}:
            interventions.change(actor, self.planned[0].id, self.action, message="Voici.")
        else:
            interventions.change(actor, self.planned[0].id, self.action, facts, people)


def test_every_action_is_walked() -> None:
    assert STARTS.keys() == set(EVERY_STEP)


@pytest.mark.parametrize("overlap", WORLDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("action", STARTS, ids=str)
def test_one_act_writes_once_to_an_address_and_to_who_acts_for_their_calendar_alone(
    make: Builder, action: Step[Any], overlap: Callable[[Builder, World], None]
) -> None:
    world = build_world(make)
    play = Play(action, make, world)
    overlap(make, world)
    stand_in_calendars()
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        play.act()
    written = db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient)).all()
    to = Counter(address.lower() for _, address in written)
    inside_a_team = action.tells <= {Audience.PARTNER}  # whoever acts may be the only one concerned
    assert to or inside_a_team, "somebody is told"
    assert max(to.values(), default=1) == 1, to
    if play.doer:
        told = {kind for kind, address in written if address.lower() == play.doer.person.email.lower()}
        assert told <= {INVITED, TAKEN_OUT}, "for their calendar alone"


def test_several_partners_make_one_email_that_names_them_all(make: Builder) -> None:
    world = build_world(make)
    play = Play(steps.ROUTE, make, world)
    with transaction():
        play.act()
    statement = select(OutboxEmail).where(OutboxEmail.recipient == world.colleague.person.email)
    (email,) = db.session.scalars(statement)
    assert all(one.name in email.text for one in play.partners)
