"""The last seat has one winner on both databases; in whatever order things happen, seats and the list obey a model."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.db import transaction
from portal.notifications.links import service as links
from portal.notifications.outbox import service as outbox
from portal.refusals import Refusal
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries, service
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import OFFER_LASTS, Standing, offered_until
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import asked, register, standings
from tests.races import at_once
from tests.sessions import facts_of, in_days, raw_session


@pytest.mark.parametrize("may_wait", [False, True])
def test_the_last_seat_has_one_winner(app: Flask, make: Builder, world: Any, may_wait: bool) -> None:
    session = raw_session(make, world.practitioner, world.service, seats=1)
    actors = [actor_of(make.coordinator()) for _ in range(4)]
    answers = at_once(
        app,
        *(
            lambda number=number, actor=actor: service.register(
                actor, session.id, f"key-{number}", asked(f"Anne {number}"), may_wait=may_wait
            )
            for number, actor in enumerate(actors)
        ),
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == (0 if may_wait else 3)
    assert sorted(standings(session).values()) == ["seated", *["waiting"] * (3 if may_wait else 0)]


def test_one_seat_given_up_and_the_offer_taken_at_once_leave_nobody_beyond_the_seats(
    app: Flask, make: Builder, world: Any
) -> None:
    session = raw_session(make, world.practitioner, world.service, seats=2)
    people = [register(session, world.coordinator, name) for name in ("Anne", "Bao", "Chloé", "Driss")]
    tokens = [links.signed(LINK, each.id) for each in people]
    with transaction():
        service.leave(tokens[0])
    at_once(
        app,
        lambda: service.take(tokens[2]),
        lambda: service.leave(tokens[1]),
        lambda: service.settle_all([session.id]),
        lambda: service.leave(tokens[2]),
    )
    taken = [each for each in standings(session).values() if each in ("seated", "offered")]
    assert len(taken) <= 2
    assert standings(session)["Driss"] == "offered"


HISTORIES = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.booleans()),
        st.tuples(st.just("leave"), st.integers(0, 7)),
        st.tuples(st.just("take"), st.integers(0, 7)),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("seats"), st.integers(1, 4)),
        st.tuples(st.just("work"), st.just(0)),
    ),
    min_size=3,
    max_size=18,
)


class Line:
    """What the test knows: who stands where, in the order in which they came."""

    def __init__(self, begins: datetime, seats: int) -> None:
        self.begins, self.seats = begins, seats
        self.people: list[tuple[Standing, datetime | None]] = []

    def count(self, *standings: Standing) -> int:
        return sum(standing in standings for standing, _until in self.people)

    @property
    def taken(self) -> int:
        return self.count(Standing.SEATED, Standing.OFFERED)

    def settle(self, now: datetime) -> None:
        for number, (standing, until) in enumerate(self.people):
            if standing is Standing.OFFERED and until and until <= now:
                self.people[number] = (Standing.LAPSED, None)
        until = offered_until(now, self.begins)
        for number, (standing, _until) in enumerate(self.people):
            if until and standing is Standing.WAITING and self.taken < self.seats:
                self.people[number] = (Standing.OFFERED, until)

    def register(self, now: datetime, *, may_wait: bool) -> bool:
        """False: refused, and nothing else has happened either."""
        before = list(self.people)
        self.settle(now)
        first_come = offered_until(now, self.begins) and self.count(Standing.WAITING)
        if self.taken < self.seats and not first_come:
            self.people.append((Standing.SEATED, None))
        elif may_wait:
            self.people.append((Standing.WAITING, None))
        else:
            self.people = before
            return False
        return True

    def act(self, now: datetime, number: int, wanted: set[Standing], after: Standing) -> bool:
        before = list(self.people)
        self.settle(now)
        if now >= self.begins or self.people[number][0] not in wanted:
            self.people = before
            return False
        self.people[number] = (after, None)
        if after is Standing.WITHDRAWN:
            self.settle(now)
        return True


LIVE = {Standing.SEATED, Standing.OFFERED, Standing.WAITING}


@settings(
    max_examples=25,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES, days=st.integers(1, 12))
def test_seats_the_list_and_offers_obey_the_model(
    make: Builder, world: Any, history: Sequence[tuple[str, Any]], days: int
) -> None:
    session = raw_session(
        make, world.practitioner, world.service, seats=2, on=in_days(days), closes_on=in_days(days)
    )
    line = Line(session.begins, 2)
    made: list[Registration] = []
    with time_machine.travel(clock.now(), tick=False) as traveller, outbox.silent():
        for what, how in [("register", True)] * 4 + [*history]:  # two have seats, two wait
            if what == "wait":
                traveller.shift(timedelta(hours=how))
            else:
                play(world, session, line, made, what, how)
            compare(session, line, made)


def play(
    world: Any, session: CollectiveSession, line: Line, made: list[Registration], what: str, how: Any
) -> None:
    """One thing happens, and the model says whether it may."""
    now = clock.now()
    if what == "work":
        with transaction():
            service.settle_all([session.id])
        line.settle(now)
    elif what == "seats":
        edit(world, session, line, how, now)
    elif what == "register":
        may = now < line.begins and line.register(now, may_wait=how)
        assert may == done(lambda: made.append(arrive(session, world, len(made), may_wait=how)))
    elif how < len(made):
        token = links.signed(LINK, made[how].id)
        if what == "leave":
            may = line.act(now, how, LIVE, Standing.WITHDRAWN)
            assert may == done(lambda: service.leave(token), open_it=True)
        else:
            may = line.act(now, how, {Standing.OFFERED}, Standing.SEATED)
            assert may == done(lambda: service.take(token), open_it=True)


def arrive(session: CollectiveSession, world: Any, number: int, *, may_wait: bool) -> Registration:
    return register(session, world.coordinator, f"Anne {number}", "", may_wait=may_wait)


def edit(world: Any, session: CollectiveSession, line: Line, seats: int, now: datetime) -> None:
    """Fewer seats than people have, or a session that has begun: refused."""
    facts = facts_of(
        world.service, seats=seats, on=session.on, closes_on=session.closes_on, title="Une autre"
    )
    may = seats >= line.taken and now < line.begins
    assert may == done(lambda: sessions.edit(actor_of(world.practitioner), session.id, facts), open_it=True)
    if may:
        line.seats = seats
        line.settle(now)


def done(act: Any, *, open_it: bool = False) -> bool:
    try:
        if open_it:
            with transaction():
                act()
        else:
            act()
    except Refusal:
        return False
    return True


def compare(session: CollectiveSession, line: Line, made: Sequence[Registration]) -> None:
    """Never more than the seats; nobody is offered a seat before somebody who came earlier; for two days at most."""
    rows = {each.id: each for each in queries.of_session(session.id)}
    for number, (standing, until) in zip([each.id for each in made], line.people, strict=True):
        assert (standing in LIVE) == (number in rows)
        if number in rows:
            assert (rows[number].standing, rows[number].offered_until) == (standing, until)
    assert line.taken <= line.seats
    first_waiting = min((n for n, each in rows.items() if each.standing is Standing.WAITING), default=None)
    for number, each in rows.items():
        if each.standing is Standing.OFFERED and each.offered_until:
            assert first_waiting is None or number < first_waiting
            assert each.offered_until - clock.now() <= OFFER_LASTS
