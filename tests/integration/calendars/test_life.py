"""A life of twenty changes, by chance: two programs that share no code end with the same dates, by e-mail and by feed,
which are those of the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.accounts.models import Membership
from portal.calendars.feeds import service as feeds
from portal.calendars.rules import Scope
from portal.db import transaction
from portal.interventions import steps
from portal.interventions.steps import InterventionState
from portal.refusals import Unchanged
from portal.requests.models import Assignment
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.calendars.readers import READERS, Kept, Parse
from tests.integration.calendars.steps import change, day, intervention, outbox, plan, reference_of
from tests.integration.requests.steps import AssignmentState, World, actor_of, build_world

CHANGES = 20
PLACES = (
    "Évreux",
    "Salle 2, 1er étage ; au fond",
    "C:\\salle",
    "À l’angle de la très longue rue " + "é" * 150,
)
STARTS = (None, time(0), time(8), time(23, 45))


@dataclass(frozen=True)
class Turn:
    """A change drawn by chance. `date`, `people`: which, of those there are; `ahead`: over changes of clock."""

    what: str
    date: int
    people: frozenset[int]
    ahead: int
    starts_at: time | None
    quarters: int
    place: str
    taken_back: bool


TURN = st.builds(
    Turn,
    what=st.sampled_from(("plan", "move", "move", "move", "replace", "call off")),
    date=st.integers(0, CHANGES),
    people=st.frozensets(st.integers(0, 2), min_size=1),
    ahead=st.integers(2, 250),
    starts_at=st.sampled_from(STARTS),
    quarters=st.integers(1, 90),
    place=st.sampled_from(PLACES),
    taken_back=st.sampled_from((False, False, False, True)),
)


@dataclass
class Life:
    """What was planned, and who comes to it."""

    planner: Membership
    assignment: Assignment
    team: Sequence[Membership]
    coming: dict[int, set[str]] = field(default_factory=dict)

    def play(self, turn: Turn) -> None:
        numbers = [
            number for number in self.coming if intervention(number).state is InterventionState.PLANNED
        ]
        people = [self.team[each] for each in sorted(turn.people)]
        before = dict(self.coming)
        if turn.what == "plan" or not numbers:
            self.plan(turn, people)
        else:
            try:
                self.change(turn, numbers[turn.date % len(numbers)], people)
            except Unchanged:
                return
        if turn.taken_back:
            with transaction():
                undo.take_back(actor_of(self.planner), reference_of(self.assignment))
            self.coming = before

    def plan(self, turn: Turn, people: Sequence[Membership]) -> None:
        ids = [member.person_id for member in people]
        number = plan(
            self.planner, self.assignment, day(turn.ahead), ids, another=True, once=f"k{len(outbox())}"
        )
        self.coming[number] = addresses(people)

    def change(self, turn: Turn, number: int, people: Sequence[Membership]) -> None:
        ids, seen = [member.person_id for member in people], intervention(number)
        how: dict[str, Any] = {"at": turn.starts_at, "minutes": 15 * turn.quarters, "place": turn.place}
        as_it_is = {"at": seen.starts_at, "minutes": seen.minutes, "place": seen.place}
        if turn.what == "call off":
            change(self.planner, number, steps.CALL_OFF)
            return
        on = seen.on if turn.what == "replace" else day(turn.ahead)
        change(self.planner, number, steps.CORRECT, on, ids, **(as_it_is if turn.what == "replace" else how))
        self.coming[number] = addresses(people)


def addresses(people: Sequence[Membership]) -> set[str]:
    return {member.person.email for member in people}


@pytest.mark.long
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(turns=st.lists(TURN, min_size=CHANGES, max_size=CHANGES), order=st.integers(0, 9))
def test_a_life_of_changes_ends_the_same_everywhere(
    app: Flask, database: None, make: Builder, turns: Sequence[Turn], order: int
) -> None:
    with app.app_context():
        world = build_world(make)
        life = _begin(make, world)
        for turn in turns:
            life.play(turn)
        for member in (*life.team, world.coordinator, world.colleague):
            _holds_what_is_planned(member, life.coming, order)


def _begin(make: Builder, world: World) -> Life:
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    return Life(
        world.practitioner,
        assignment,
        [world.practitioner, world.manager, make.practitioner(world.partner)],
    )


def _holds_what_is_planned(member: Any, coming: Mapping[int, set[str]], order: int) -> None:
    address = member.person.email
    planned = {number: intervention(number) for number in coming}
    expected = {
        each.uid
        for number, each in planned.items()
        if each.state is InterventionState.PLANNED
        and (address in coming[number] or member.role == "coordinator")
    }
    mine = [each.calendar for each in outbox() if each.calendar and each.recipient == address]
    late = Random(order).sample(mine, len(mine))
    ends = [_replayed(parse, address, letters) for parse in READERS for letters in (mine, late)]
    assert all(end == ends[0] for end in ends), "whichever program, and in whatever order e-mails come"
    assert set(ends[0]) == expected
    _agrees_with_the_feed(member, ends[0])


def _replayed(parse: Parse, address: str, letters: Sequence[str]) -> Mapping[str, Kept]:
    """What a calendar holds that took each e-mail (RFC 5546, 2.1.5): what is older than what it has is not taken."""
    events: dict[str, Kept] = {}
    highest: dict[str, int] = {}
    for each in (event for letter in letters for event in parse(letter)):
        assert each.invited == (f"mailto:{address}",), "the only one"
        if each.sequence < highest.get(each.uid, -1):
            continue
        highest[each.uid] = each.sequence
        if each.method == "CANCEL":
            events.pop(each.uid, None)
        else:
            assert each.method == "REQUEST"
            events[each.uid] = each.kept
    return events


def _agrees_with_the_feed(member: Membership, by_mail: Mapping[str, Kept]) -> None:
    """When each begins and ends; the feed says no word that somebody typed."""
    with transaction():
        token = feeds.make(actor_of(member), Scope.TEAM)
    text, _mark = feeds.read(token)
    first, second = ({each.uid: each.kept for each in parse(text)} for parse in READERS)
    assert first == second
    for uid, kept in by_mail.items():
        assert first[uid].when == kept.when, "e-mail and feed agree"
