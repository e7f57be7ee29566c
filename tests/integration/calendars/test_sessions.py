"""Sessions in the links that programs read: a partner's own, those that one gives, those where there is a seat."""

from datetime import time
from typing import Any

import pytest
from icalendar import Calendar

from portal.access.roles import Actor
from portal.calendars.feeds import service
from portal.calendars.feeds.queries import sessions
from portal.calendars.rules import Scope
from portal.db import db, transaction
from portal.sessions.models import CollectiveSession
from tests.builders import Builder
from tests.icalendars import checked
from tests.integration.calendars.readers import READERS, by_ical
from tests.integration.requests.steps import World, actor_of
from tests.sessions import in_days, raw_giver, raw_held, raw_registration, raw_session


def feed(actor: Actor, scope: Scope = Scope.TEAM) -> str:
    with transaction():
        token = service.make(actor, scope)
    return service.read(token)[0]


def uids(actor: Actor, scope: Scope = Scope.TEAM) -> set[str]:
    text = feed(actor, scope)
    checked(text)
    first, second = ({each.uid for each in parse(text)} for parse in READERS)
    assert first == second
    return first


@pytest.fixture
def who(world: World) -> dict[str, Actor]:
    names = ("manager", "practitioner", "coordinator", "colleague")
    return {name: actor_of(getattr(world, name)) for name in names}


def by_age(make: Builder, world: World) -> list[CollectiveSession]:
    """Long ago, lately, soon, far; then one that is a draft, and one that is cancelled."""
    return [
        raw_session(make, world.practitioner, world.service, on=in_days(ahead), state=state, **reason)
        for ahead, state, reason in (
            *((-31, "held", {}), (-30, "held", {}), (5, "open", {}), (700, "open", {})),
            *((6, "draft", {}), (7, "cancelled", {"reason": "Salle prise"})),
        )
    ]


def test_it_holds_thirty_days_back_and_all_that_comes(
    make: Builder, world: World, who: dict[str, Actor]
) -> None:
    every = by_age(make, world)
    shown = {each.uid for each in every[1:4]}
    assert uids(who["manager"]) == shown
    assert uids(who["coordinator"]) == set()
    assert uids(actor_of(make.practitioner())) == set()
    for session in every:
        raw_registration(make, session, world.coordinator)
    assert uids(who["colleague"]) == uids(who["coordinator"]) == shown
    assert uids(actor_of(make.coordinator())) == set()


def test_mine_are_those_that_i_give_and_where_i_have_a_seat(
    make: Builder, world: World, who: dict[str, Actor]
) -> None:
    given, joined, neither = (
        raw_session(make, world.practitioner, world.service, on=in_days(each)) for each in (5, 6, 7)
    )
    raw_giver(make, given, world.practitioner)
    for name in ("practitioner", "coordinator"):
        raw_registration(make, joined, world.coordinator, email=who[name].email)
    raw_registration(make, neither, world.coordinator)
    assert uids(who["practitioner"], Scope.MINE) == {given.uid, joined.uid}
    assert uids(who["coordinator"], Scope.MINE) == {joined.uid}
    assert uids(who["manager"], Scope.MINE) == set()


@pytest.mark.parametrize("standing", ["waiting", "withdrawn", "lapsed"])
def test_who_has_no_seat_has_no_date(
    make: Builder, world: World, who: dict[str, Actor], standing: str
) -> None:
    session = raw_session(make, world.practitioner, world.service)
    raw_registration(make, session, world.coordinator, standing)
    assert uids(who["coordinator"]) == set()


def test_once_held_it_is_of_those_who_gave_it(make: Builder, world: World, who: dict[str, Actor]) -> None:
    session = raw_session(make, world.practitioner, world.service, on=in_days(-3), state="held")
    raw_giver(make, session, world.manager)
    raw_held(make, session, world.practitioner)
    assert (uids(who["manager"], Scope.MINE), uids(who["practitioner"], Scope.MINE)) == (set(), {session.uid})


def test_it_says_no_word_about_people_and_no_secret_link(
    make: Builder, world: World, who: dict[str, Actor]
) -> None:
    session = raw_session(
        make, world.practitioner, world.service, place_kind="remote", link="https://visio.test/secret"
    )
    raw_giver(make, session, world.practitioner)
    raw_registration(make, session, world.coordinator)
    for reader in ("practitioner", "coordinator"):
        text = feed(who[reader]).replace("\r\n ", "")
        assert session.title in text
        for word in (
            who["practitioner"].person_name,
            who["coordinator"].person_name,
            "Anne Le Goff",
            "@",
            "secret",
            "ATTENDEE",
        ):
            assert word not in text


def test_each_reads_the_page_that_is_theirs(make: Builder, world: World, who: dict[str, Actor]) -> None:
    session = raw_session(make, world.practitioner, world.service)
    raw_registration(make, session, world.coordinator)
    for reader, page in (("practitioner", "/sessions/les-notres/"), ("coordinator", "/sessions/")):
        (event,) = Calendar.from_ical(feed(who[reader])).walk("VEVENT")
        assert str(event["url"]).endswith(f"{page}{session.id}")


def test_its_hour_is_that_of_where_it_is(make: Builder, world: World, who: dict[str, Actor]) -> None:
    on = in_days(20)
    session = raw_session(make, world.practitioner, world.service, on=on, department_code="974")
    (read,) = by_ical(feed(who["practitioner"]))
    assert (read.kept.when[0].hour, read.kept.when[0].minute, read.kept.when[0].date()) == (5, 30, on)
    assert read.uid == session.uid


SHOWN: dict[str, Any] = {
    "on": in_days(30),
    "starts_at": time(14),
    "minutes": 60,
    "place": "Évreux",
    "title": "Autre titre",
    "link": "https://visio.test/autre",
    "department_code": "974",
}


def test_its_number_rises_with_what_calendars_show_and_its_name_stays(make: Builder, world: World) -> None:
    session = raw_session(make, world.practitioner, world.service)
    name, number = session.uid, session.sequence
    for column, value in SHOWN.items():
        with transaction() as changing:
            setattr(changing.get_one(CollectiveSession, session.id), column, value)
        number += 1
        db.session.expire_all()
        assert (session.uid, session.sequence) == (name, number), column
    with transaction() as changing:
        changing.get_one(CollectiveSession, session.id).about = "Autre chose"
    db.session.expire_all()
    assert session.sequence == number


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("name", ["practitioner", "coordinator"])
def test_they_cost_one_statement(
    make: Builder, world: World, who: dict[str, Actor], queries: list[str], name: str, scope: Scope
) -> None:
    costs = []
    for _ in range(2):
        session = raw_session(make, world.practitioner, world.service)
        raw_giver(make, session, world.practitioner)
        raw_registration(make, session, world.coordinator, email=who["coordinator"].email)
        queries.clear()
        assert sessions(who[name], scope)
        costs.append(len(queries))
    assert costs == [1, 1]
