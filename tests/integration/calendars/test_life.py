"""A life of twenty changes, by chance: the calendars of all end as the portal has it, by e-mail and by feed."""

from datetime import time
from random import Random
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from portal.calendars.feeds import service as feeds
from portal.calendars.rules import Scope
from portal.db import transaction
from portal.interventions import steps
from portal.interventions.steps import InterventionState
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.calendars.steps import Reader, change, day, intervention, outbox, plan, reference_of
from tests.integration.requests.steps import AssignmentState, World, actor_of

CHANGES = 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_life_of_changes_ends_the_same_everywhere(make: Builder, world: World, seed: int) -> None:
    chance, planner = Random(seed), world.practitioner
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    team = [world.practitioner, world.manager, make.practitioner(world.partner)]
    coming = {plan(planner, assignment, day(30), [team[0].person_id]): {team[0]}}
    for turn in range(CHANGES):
        numbers = [number for number in coming if intervention(number).state is InterventionState.PLANNED]
        act = chance.choice(("plan", "move", "move", "replace", "call off", "undone")) if numbers else "plan"
        people = set(chance.sample(team, chance.randint(1, 3)))
        ids = [member.person_id for member in people]
        on = day(31 + turn)
        if act == "plan":
            coming[plan(planner, assignment, on, ids)] = people
            continue
        number = chance.choice(numbers)
        if act == "call off":
            change(planner, number, steps.CALL_OFF)
        elif act == "replace":
            seen = intervention(number)
            change(planner, number, steps.CORRECT, seen.on, ids, at=seen.starts_at, minutes=seen.minutes)
            coming[number] = people
        else:
            at = chance.choice((None, time(8), time(23, 45)))
            change(planner, number, steps.CORRECT, on, ids, at=at, minutes=15 * chance.randint(1, 90))
            if act == "undone":
                with transaction():
                    undo.take_back(actor_of(planner), reference_of(assignment))
            else:
                coming[number] = people
    for member in (*team, world.coordinator, world.colleague):
        _holds_what_is_planned(member, coming)


def _holds_what_is_planned(member: Any, coming: dict[int, set[Any]]) -> None:
    """The calendar that took each e-mail, and the feed, read by two libraries."""
    reader = Reader(member.person.email)
    for each in outbox():
        if each.calendar and each.recipient == reader.address:
            reader.take(each.calendar)
    planned = {number: intervention(number) for number in coming}
    expected = {
        each.uid
        for number, each in planned.items()
        if each.state is InterventionState.PLANNED
        and (member in coming[number] or member.role == "coordinator")
    }
    assert set(reader.events) == expected
    with transaction():
        token = feeds.make(actor_of(member), Scope.TEAM)
    text, _mark = feeds.read(token)
    first = {
        str(event["uid"]): (event.decoded("dtstart"), event.decoded("dtend"))
        for event in Calendar.from_ical(text).walk("VEVENT")
    }
    second = {
        each.uid: (each.dtstart, each.dtend) for each in IcsCalendarStream.calendar_from_ics(text).events
    }
    assert first == second
    for uid in expected:
        assert (reader.events[uid].dtstart, reader.events[uid].dtend) == first[uid], "e-mail and feed agree"
