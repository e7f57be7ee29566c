"""However a date ends, or ends for somebody, a calendar lets go of it; whoever comes or follows instead is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.calendars import queries, service
from portal.db import db, transaction
from portal.interventions import steps as visits
from portal.interventions.confirmation import service as confirmation
from portal.interventions.steps import InterventionState
from portal.joint import service as joint
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.organisations import handover
from portal.organisations.doubles import service as doubles
from portal.organisations.models import Organisation
from portal.organisations.rules import NOBODY
from portal.personal_data import service as personal_data
from portal.requests import steps
from portal.requests.closing import service as closing
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, Planned
from portal.requests.undo import service as undo
from portal.teams import service as teams
from tests.builders import Builder
from tests.integration.calendars.steps import Reader, change, day, intervention, outbox, plan
from tests.integration.requests.steps import DO, World, actor_of, build_world

Act = Callable[["Scene"], object]


class Scene(NamedTuple):
    """Two dates of one request, for which two people come and which another pole joined; `next_pole`, `next_partner`:
    who could take over."""

    world: World
    request: SupportRequest
    assignment: Assignment
    numbers: list[int]
    joined: Membership
    next_pole: Membership
    next_partner: Membership

    @property
    def people(self) -> list[Membership]:
        world = self.world
        return [world.practitioner, world.manager, world.coordinator, world.colleague, self.joined]

    def do(self, step: Any, who: Membership) -> None:
        reason = "helped" if step is steps.COMPLETE else "other"
        said = Details(reason, "Voilà.", planned=Planned.CALLED_OFF)
        with transaction(), undo.act(actor_of(who), step):
            if step in {steps.WITHDRAW, steps.DROP}:
                DO[step](actor_of(who), self.request.reference, said)
            else:
                DO[step](actor_of(who), self.request.reference, self.assignment.id, said)


@pytest.fixture
def scene(make: Builder) -> Scene:
    world = build_world(make)
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(
        request, world.partner, AssignmentState.ACCEPTED, referent_id=world.practitioner.person_id
    )
    joined = make.coordinator()
    about = {"request_id": request.id, "pole_id": joined.organisation_id, "due_on": clock.today()}
    make._save(JointPole(**about, state=JointState.JOINED, answered_at=clock.now()))
    people = [world.practitioner.person_id, world.manager.person_id]
    poles = {"pole_ids": [joined.organisation_id]}
    numbers = [plan(world.practitioner, assignment, day(ahead), people, **poles) for ahead in (20, 30)]
    next_pole, next_partner = make.coordinator(), make.manager(make.partner(regions=("28",)))
    return Scene(world, request, assignment, numbers, joined, next_pole, next_partner)


def held(member: Membership) -> int:
    """How many dates somebody's calendar has that took all that it was sent."""
    return held_at(member.person.email)


def held_at(address: str) -> int:
    reader = Reader(address)
    for each in outbox():
        if each.calendar and each.recipient == reader.address:
            reader.take(each.calendar)
    return len(reader.events)


def follow() -> None:
    """The job, once nothing can be taken back, which has read nothing before."""
    db.session.expunge_all()
    with clock.travelling_to(clock.now() + 2 * undo.acts.TIME), transaction():
        service.follow(queries.standing(0, 100))


def end(scene: Scene, gone: Membership, to: Membership | None = None) -> None:
    successor = to.organisation_id if to else NOBODY
    with transaction():
        handover.end(actor_of(scene.world.national), gone.organisation_id, "Fin.", successor)


def call_off_both(scene: Scene) -> None:
    for number in scene.numbers:
        change(scene.world.practitioner, number, visits.CALL_OFF)


ENDS: dict[str, Act] = {
    "called off": call_off_both,
    "withdrawn by the pole": lambda scene: scene.do(steps.WITHDRAW, scene.world.coordinator),
    "dropped by the cell": lambda scene: scene.do(steps.DROP, scene.world.cell),
    "cancelled by the cell": lambda scene: scene.do(steps.CANCEL, scene.world.cell),
    "handed back": lambda scene: scene.do(steps.HAND_BACK, scene.world.practitioner),
    "completed": lambda scene: scene.do(steps.COMPLETE, scene.world.manager),
    "the partner ends": lambda scene: end(scene, scene.world.manager),
    "the pole ends": lambda scene: end(scene, scene.world.coordinator),
}


@pytest.mark.parametrize("name", ENDS)
def test_each_end_takes_both_dates_out_of_every_calendar_at_once(scene: Scene, name: str) -> None:
    assert [held(member) for member in scene.people] == [2] * 5
    before = len(outbox())
    ENDS[name](scene)
    assert [held(member) for member in scene.people] == [0] * 5
    written = [each.recipient for each in outbox()[before:]]
    acts = 2 if name == "called off" else 1
    assert all(written.count(member.person.email) == acts for member in scene.people)
    follow()
    assert len(outbox()) == before + len(written), "nothing is left to say"


def test_who_leaves_is_let_go_and_who_takes_over_is_asked(make: Builder, scene: Scene) -> None:
    world = scene.world
    successor = make.practitioner(world.partner)
    partner = db.session.get_one(Organisation, world.partner.id)
    with transaction():
        teams.end(actor_of(world.practitioner), partner, world.practitioner.id, successor.person_id)
    assert (held(world.practitioner), held(successor), held(world.manager)) == (0, 2, 2)
    assert [each.kind for each in outbox() if each.recipient == successor.person.email] == [
        "teams/work_handed_over"
    ], "with the e-mail that hands the work over"


def test_an_account_that_closes_lets_go(make: Builder, scene: Scene) -> None:
    """Of somebody who follows for the pole: who comes hands their dates over first."""
    colleague = scene.world.colleague
    with transaction():
        personal_data.close_account(colleague.person_id, actor_of(colleague))
    assert held(colleague) == 0
    with transaction():
        personal_data.forget_closed(colleague.person_id)
    assert not queries.theirs(colleague.person_id)
    assert [held(member) for member in scene.people] == [2, 2, 2, 0, 2]


def move(scene: Scene) -> None:
    pole = db.session.get_one(Organisation, scene.next_pole.organisation_id)
    actor = actor_of(scene.world.national)
    with transaction(), undo.act(actor, steps.MOVE):
        closing.move(actor, scene.request.reference, pole, Details(message="Voilà."))


@pytest.mark.parametrize("to", [move, lambda scene: end(scene, scene.world.coordinator, scene.next_pole)])
def test_a_pole_that_takes_over_is_asked_and_the_one_before_let_go(scene: Scene, to: Act) -> None:
    to(scene)
    world = scene.world
    assert [held(member) for member in (world.coordinator, world.colleague)] == [0, 0]
    assert [held(member) for member in (scene.next_pole, world.practitioner)] == [2, 2]


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_pole_that_joined_is_let_go_once_it_takes_part_no_more(scene: Scene, by_itself: bool) -> None:
    with transaction():
        if by_itself:
            joint.leave(actor_of(scene.joined), scene.request.reference, "Non.")
        else:
            actor = actor_of(scene.world.coordinator)
            joint.shut_out(actor, scene.request.reference, scene.joined.organisation_id)
    follow()
    assert [held(member) for member in scene.people] == [2, 2, 2, 2, 0]


def test_poles_that_become_one_keep_their_dates(make: Builder, scene: Scene) -> None:
    kept = make.coordinator(make.pole(region_code="28"))
    addresses = [member.person.email for member in (*scene.people, kept)]
    with transaction():
        doubles.merge(
            actor_of(scene.world.national), kept.organisation_id, scene.world.coordinator.organisation_id, ()
        )
    follow()
    assert [held_at(address) for address in addresses] == [2] * 6, "who follows it from now on is asked too"


def test_who_no_longer_follows_for_the_pole_is_let_go(make: Builder, scene: Scene) -> None:
    pole = db.session.get_one(Organisation, scene.world.coordinator.organisation_id)
    with transaction():
        teams.change_role(actor_of(scene.world.coordinator), pole, scene.world.colleague.id, Role.MEMBER)
    follow()
    assert [held(member) for member in scene.people] == [2, 2, 2, 0, 2]


def test_what_was_held_and_no_longer_counts_stays_in_every_diary(scene: Scene) -> None:
    """It was no mistake to come: the cell strikes the time, not the day."""
    world = scene.world
    number = plan(world.practitioner, scene.assignment, day(0), [world.practitioner.person_id], at=None)
    report = {"report": "Fait.", "at": None}
    change(world.practitioner, number, visits.LOG, day(0), [world.practitioner.person_id], **report)
    with transaction():
        confirmation.confirm(actor_of(world.coordinator), number)
    before = [(each.recipient, each.calendar) for each in outbox() if each.calendar]
    with transaction():
        confirmation.adjust(actor_of(world.cell), number, 0, "Comptée ailleurs.")
    follow()
    assert intervention(number).state is InterventionState.CALLED_OFF
    assert [(each.recipient, each.calendar) for each in outbox() if each.calendar] == before
    assert held(world.coordinator) == len(scene.numbers) + 1


def test_a_date_that_is_planned_and_taken_back_was_never_sent(scene: Scene) -> None:
    before = len(outbox())
    plan(scene.world.practitioner, scene.assignment, day(40), [scene.world.practitioner.person_id])
    with transaction():
        undo.take_back(actor_of(scene.world.practitioner), scene.request.reference)
    with clock.travelling_to(clock.now() + timedelta(hours=2)):
        follow()
    assert len(outbox()) == before
