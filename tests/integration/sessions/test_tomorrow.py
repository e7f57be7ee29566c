"""Who has a seat is reminded on the last working day before, once, in one e-mail whatever the sessions of that day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete

from portal.db import transaction
from portal.notifications.models import OutboxEmail
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.steps import SessionState
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.steps import letters, told
from tests.jobs import do
from tests.sessions import facts_of, raw_registration, raw_session

THURSDAY, MONDAY = date(2026, 4, 2), date(2026, 4, 13)
JOB = "remind of sessions of the next day"


@pytest.fixture
def wednesday() -> Iterator[time_machine.Traveller]:
    """At ten in Paris."""
    with time_machine.travel(datetime(2026, 4, 1, 8, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def session(wednesday: Any, make: Builder, world: Any) -> CollectiveSession:
    """Two have seats, one of them without an address; somebody waits, somebody gave up."""
    made = raw_session(make, world.practitioner, world.service, on=THURSDAY, closes_on=THURSDAY)
    for name, standing, email in (
        *(("Anne", "seated", "anne@exemple.test"), ("Bao", "seated", "")),
        *(("Chloé", "waiting", "chloe@exemple.test"), ("Driss", "withdrawn", "driss@exemple.test")),
    ):
        raw_registration(make, made, world.coordinator, standing, name=name, email=email)
    return made


def test_who_has_a_seat_and_who_registered_them_are_reminded_once(
    world: Any, session: CollectiveSession
) -> None:
    assert [do(JOB), do(JOB)] == [2, 0]
    assert told("tomorrow_participant") == ["anne@exemple.test"]
    assert told("tomorrow_pole") == [world.coordinator.person.email], (
        "who registered them, not all of the pole"
    )
    to_anne, to_pole = letters("tomorrow_participant")[0], letters("tomorrow_pole")[0]
    assert "/sessions/mon-inscription/" in to_anne.text
    assert "rendez votre place" in to_anne.text
    assert "Bao" not in to_anne.text
    assert "Anne, Bao" in to_pole.text
    assert "Chloé" not in to_pole.text


@pytest.mark.parametrize(
    ("at", "place", "on", "comes"),
    [
        (datetime(2026, 3, 31, 21, 30, tzinfo=UTC), None, THURSDAY, False),
        (datetime(2026, 3, 31, 22, 30, tzinfo=UTC), None, THURSDAY, True),
        (datetime(2026, 3, 31, 19, 30, tzinfo=UTC), "974", THURSDAY, False),
        (datetime(2026, 3, 31, 20, 30, tzinfo=UTC), "974", THURSDAY, True),
        (datetime(2026, 4, 1, 3, 30, tzinfo=UTC), "972", THURSDAY, False),
        (datetime(2026, 4, 1, 4, 30, tzinfo=UTC), "972", THURSDAY, True),
        (datetime(2026, 4, 2, 6, 30, tzinfo=UTC), None, THURSDAY, False),
        (datetime(2026, 4, 9, 8, tzinfo=UTC), None, MONDAY, False),
        (datetime(2026, 4, 10, 8, tzinfo=UTC), None, MONDAY, True),
    ],
)
def test_on_the_last_working_day_before_by_the_clocks_of_the_place(
    make: Builder, world: Any, wednesday: Any, at: datetime, place: str | None, on: date, comes: bool
) -> None:
    made = raw_session(make, world.practitioner, world.service, department_code=place, on=on, closes_on=on)
    raw_registration(make, made, world.coordinator)
    wednesday.move_to(at)
    assert bool(do(JOB)) == comes
    assert bool(told("tomorrow_participant")) == comes


def test_several_people_and_sessions_of_a_day_make_one_email_to_an_address(
    make: Builder, world: Any, session: CollectiveSession
) -> None:
    other = make.coordinator(make.pole(name="Pôle d’à côté"))
    second = raw_session(
        make,
        world.manager,
        world.service,
        title="L’après-midi",
        on=THURSDAY,
        closes_on=THURSDAY,
        starts_at=time(14),
    )
    for by, held, name, email in (
        *((world.coordinator, second, "Anne", "anne@exemple.test"), (world.coordinator, second, "Élise", "")),
        *(
            (other, second, "Fatou", other.person.email),
            (other, second, "Gaël", world.coordinator.person.email),
        ),
    ):
        raw_registration(make, held, by, name=name, email=email)
    do(JOB)
    everybody = [letter.recipient for letter in letters()]
    assert sorted(everybody) == sorted({*everybody})
    assert set(everybody) == {"anne@exemple.test", world.coordinator.person.email, other.person.email}
    [to_anne] = letters("tomorrow_participant")
    assert to_anne.text.count("/sessions/mon-inscription/") >= 2
    assert "Préparez vos 2 sessions" in to_anne.subject
    [to_us] = [each for each in letters("tomorrow_pole") if each.recipient == world.coordinator.person.email]
    for each in ("Anne, Bao", "Anne, Élise, Gaël", session.title, "L’après-midi"):
        assert each in to_us.text


@pytest.mark.parametrize("what", ["cancelled", "draft", "held"])
def test_nobody_is_reminded_of_what_does_not_take_place(
    make: Builder, world: Any, session: CollectiveSession, what: str
) -> None:
    with transaction() as opened:
        found = opened.get_one(CollectiveSession, session.id)
        found.state, found.reason = SessionState(what), "Salle prise."
    assert do(JOB) == 0
    assert letters() == []


def test_one_that_moves_is_reminded_of_again(
    make: Builder, world: Any, session: CollectiveSession, wednesday: Any
) -> None:
    do(JOB)
    facts = facts_of(world.service, on=THURSDAY + timedelta(days=6), closes_on=THURSDAY)
    with transaction() as opened:
        sessions.edit(actor_of(world.manager), session.id, facts)
        opened.execute(delete(OutboxEmail))
    assert do(JOB) == 0
    wednesday.shift(timedelta(days=6))
    assert do(JOB) == 2
    assert told("tomorrow_participant") == ["anne@exemple.test"]


def test_where_who_registered_them_left_the_others_of_the_pole_are_reminded(
    make: Builder, world: Any, session: CollectiveSession
) -> None:
    left = make.coordinator(world.coordinator.organisation)
    raw_registration(make, session, left, name="Hugo", email="")
    with transaction() as opened:
        opened.get_one(type(left), left.id).ended_at = datetime(2026, 3, 1, tzinfo=UTC)
    do(JOB)
    assert left.person.email not in told("tomorrow_pole")
    assert any("Hugo" in each.text for each in letters("tomorrow_pole"))
