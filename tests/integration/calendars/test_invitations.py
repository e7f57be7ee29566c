"""Each change of a date reaches each calendar that it concerns, with the METHOD of the act; each end takes it out."""

from typing import Any

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.calendars import queries, service
from portal.db import transaction
from portal.interventions import steps
from portal.refusals import Unchanged
from portal.requests.closing import service as closing
from portal.requests.rules import Details
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.calendars.steps import change, day, outbox, parsed, plan, reference_of, sent
from tests.integration.requests.steps import AssignmentState, World, actor_of


@pytest.fixture
def assignment(make: Builder, world: World) -> Any:
    request = make.raw_request(world.coordinator, service=world.service)
    return make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)


def email(member: Membership) -> str:
    return member.person.email


def test_who_comes_and_who_follows_for_the_pole_are_invited_each_alone(world: World, assignment: Any) -> None:
    """Who plans gets no e-mail of their own act, but their calendar does."""
    plan(world.practitioner, assignment, day(20), [world.practitioner.person_id, world.manager.person_id])
    told = {each.recipient: each for each in outbox() if each.calendar}
    people = (world.practitioner, world.manager, world.coordinator, world.colleague)
    assert set(told) == {email(each) for each in people}
    for address, each in told.items():
        method, event = parsed(each.calendar)
        assert (method, event.sequence) == ("REQUEST", 0)
        assert [attendee.uri for attendee in event.attendees] == [f"mailto:{address}"]
    assert told[email(world.practitioner)].kind == "calendars/invited"
    assert told[email(world.coordinator)].kind == "interventions/plan_pole"
    assert told[email(world.manager)].kind == "interventions/plan_practitioner"
    assert len({parsed(each.calendar)[1].uid for each in told.values()}) == 1


def test_a_change_asks_again_and_the_end_takes_it_out(world: World, assignment: Any) -> None:
    number = plan(world.practitioner, assignment, day(20), [world.practitioner.person_id])
    change(world.practitioner, number, steps.CORRECT, day(21), [world.practitioner.person_id])
    change(world.practitioner, number, steps.CALL_OFF)
    for member in (world.practitioner, world.coordinator):
        assert sent(email(member)) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]


def test_what_calendars_do_not_show_says_nothing(world: World, assignment: Any) -> None:
    number = plan(world.practitioner, assignment, day(20), [world.practitioner.person_id])
    before = len(outbox())
    with pytest.raises(Unchanged):
        change(world.practitioner, number, steps.CORRECT, day(20), [world.practitioner.person_id])
    assert not [each for each in outbox()[before:] if each.calendar]


def test_who_is_replaced_is_let_go_and_who_comes_instead_is_asked(world: World, assignment: Any) -> None:
    number = plan(world.practitioner, assignment, day(20), [world.practitioner.person_id])
    change(world.practitioner, number, steps.CORRECT, day(20), [world.manager.person_id])
    assert [method for method, _ in sent(email(world.practitioner))] == ["REQUEST", "CANCEL"]
    assert [method for method, _ in sent(email(world.manager))] == ["REQUEST"]
    assert sent(email(world.coordinator)) == [("REQUEST", 0)], "nothing changed for the pole"
    change(world.practitioner, number, steps.CORRECT, day(20), [world.practitioner.person_id])
    again = sent(email(world.practitioner))
    assert [method for method, _ in again] == ["REQUEST", "CANCEL", "REQUEST"]
    assert again[2][1] > again[1][1] > again[0][1]


def test_what_is_taken_back_was_never_sent_and_what_follows_is_taken(world: World, assignment: Any) -> None:
    number = plan(world.practitioner, assignment, day(20), [world.practitioner.person_id])
    change(world.practitioner, number, steps.CORRECT, day(25), [world.practitioner.person_id])
    with transaction():
        undo.take_back(actor_of(world.practitioner), reference_of(assignment))
    assert sent(email(world.coordinator)) == [("REQUEST", 0)]
    with clock.travelling_to(clock.now() + 2 * undo.acts.TIME):
        assert follow() == 0, "calendars hold what is planned"
    change(world.practitioner, number, steps.CORRECT, day(26), [world.practitioner.person_id])
    (_, first), (_, second) = sent(email(world.coordinator))
    assert second > first + 1


def follow() -> int:
    with transaction():
        return service.follow(queries.standing(0, 100))


def test_a_request_withdrawn_takes_out_each_of_its_dates(world: World, assignment: Any) -> None:
    for ahead in (20, 30, 40):
        plan(world.practitioner, assignment, day(ahead), [world.practitioner.person_id])
    reference = reference_of(assignment)
    with transaction(), undo.act(actor_of(world.coordinator), closing.steps.WITHDRAW):
        closing.withdraw(actor_of(world.coordinator), reference, Details(reason="other", message="Non"))
    for member in (world.practitioner, world.coordinator, world.colleague):
        methods = [method for method, _ in sent(email(member))]
        assert methods == ["REQUEST"] * 3 + ["CANCEL"] * 3, member.role


def test_calendars_follow_who_comes_and_goes(make: Builder, world: World, assignment: Any) -> None:
    plan(world.practitioner, assignment, day(20), [world.practitioner.person_id, world.manager.person_id])
    late = clock.now() + 2 * undo.acts.TIME
    newcomer = make.member(world.coordinator.organisation, Role.COORDINATOR)
    with transaction() as session:
        for member in (world.colleague, world.manager):
            session.get_one(Membership, member.id).ended_at = clock.now()
    assert queries.standing(0, 100) == [], "what was just done can be taken back"
    with clock.travelling_to(late):
        assert (follow(), follow()) == (1, 0)
    assert [method for method, _ in sent(email(world.colleague))] == ["REQUEST", "CANCEL"]
    assert [method for method, _ in sent(email(world.manager))] == ["REQUEST", "CANCEL"]
    assert [method for method, _ in sent(email(newcomer))] == ["REQUEST"]
    assert len(sent(email(world.coordinator))) == 1


def test_nobody_is_told_of_dates_that_were_planned_before(
    make: Builder, world: World, assignment: Any
) -> None:
    """Switched on, it releases nothing: a date that no calendar knows waits for its next change."""
    make.raw_intervention(assignment, world.practitioner.person, steps.InterventionState.PLANNED, on=day(20))
    with clock.travelling_to(clock.now() + 2 * undo.acts.TIME):
        assert follow() == 0
    assert outbox() == []
