"""The links that programs read: no word about people, rights asked live, cut at once."""

from datetime import timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from portal import clock
from portal.accounts.models import Membership
from portal.calendars import rules
from portal.calendars.feeds import service
from portal.calendars.rules import Scope
from portal.db import transaction
from portal.interventions.steps import InterventionState
from tests.builders import Builder
from tests.integration.calendars.steps import day
from tests.integration.requests.steps import AssignmentState, World, actor_of

PRIVATE = ("Tour", "chez Mme Durand, 06 12 34 56 78")


@pytest.fixture
def dates(make: Builder, world: World) -> list[str]:
    """By age: long ago, lately, soon, far, and one that is called off."""
    request = make.raw_request(world.coordinator, service=world.service, subject="Pour Mme Durand")
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    rows = [
        make.raw_intervention(
            assignment, world.practitioner.person, state, on=day(ahead), place=PRIVATE[1], report="Mme Durand"
        )
        for ahead, state in (
            (-31, InterventionState.DONE),
            (-30, InterventionState.DONE),
            (5, InterventionState.PLANNED),
            (700, InterventionState.PLANNED),
            (6, InterventionState.CALLED_OFF),
        )
    ]
    return [row.uid for row in rows]


def link(member: Membership, scope: Scope = Scope.TEAM) -> str:
    with transaction():
        return f"/calendrier/{service.make(actor_of(member), scope)}.ics"


def uids(text: str) -> set[str]:
    first = {str(event["uid"]) for event in Calendar.from_ical(text).walk("VEVENT")}
    assert first == {event.uid for event in IcsCalendarStream.calendar_from_ics(text).events}
    return first


@pytest.mark.parametrize("who", ["coordinator", "practitioner"])
def test_it_holds_thirty_days_back_and_all_that_comes(
    dates: list[str], world: World, browse: Any, who: str
) -> None:
    answer = browse(None).get(link(getattr(world, who)))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert uids(answer.get_data(as_text=True)) == set(dates[1:4])


def test_it_says_no_word_about_people(dates: list[str], world: World, browse: Any) -> None:
    text = browse(None).get(link(world.practitioner)).get_data(as_text=True).replace("\r\n ", "")
    people = (world.practitioner, world.coordinator, world.manager, world.colleague)
    names = [name for each in people for name in (each.person.family_name, each.person.email)]
    for word in (*names, "Durand", "06 12", "ATTENDEE", "ORGANIZER"):
        assert word not in text


def test_mine_are_those_where_i_come(dates: list[str], world: World, browse: Any) -> None:
    assert len(uids(browse(None).get(link(world.practitioner, Scope.MINE)).get_data(as_text=True))) == 3
    assert uids(browse(None).get(link(world.manager, Scope.MINE)).get_data(as_text=True)) == set()


def test_another_partner_and_another_pole_have_none_of_it(
    make: Builder, dates: list[str], world: World, browse: Any
) -> None:
    for stranger in (make.practitioner(), make.coordinator()):
        assert uids(browse(None).get(link(stranger)).get_data(as_text=True)) == set()


def test_it_no_longer_works_once_cut_made_anew_or_left(dates: list[str], world: World, browse: Any) -> None:
    first = link(world.practitioner)
    second = link(world.practitioner)
    assert [browse(None).get(each).status_code for each in (first, second)] == [404, 200]
    with transaction() as session:
        session.get_one(Membership, world.practitioner.id).ended_at = clock.now()
    assert browse(None).get(second).status_code == 404
    third = link(world.manager)
    with transaction():
        service.cut(actor_of(world.manager), Scope.TEAM)
    assert browse(None).get(third).status_code == 404


def test_what_did_not_change_is_not_sent_again(dates: list[str], world: World, browse: Any) -> None:
    path = link(world.practitioner)
    mark = browse(None).get(path).headers["ETag"]
    client = browse(None)
    assert client.client.get(path, headers={"If-None-Match": mark}).status_code == 304
    with clock.travelling_to(clock.now() + timedelta(days=1)):
        assert client.client.get(path, headers={"If-None-Match": mark}).status_code == 200, "one left it"


def test_a_program_that_asks_without_end_is_told_when_to_come_back(
    world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_READINGS", 3)
    first, second = link(world.practitioner), link(world.manager)
    assert [browse(None).get(first).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert "Retry-After" in browse(None).get(first).headers
    assert browse(None).get(second).status_code == 200, "others are read as before"
    with clock.travelling_to(clock.now() + timedelta(hours=1, minutes=1)):
        assert browse(None).get(first).status_code == 200


def test_the_link_is_shown_once_as_https_and_as_webcal(world: World, browse: Any) -> None:
    browser = browse(world.practitioner)
    page = browser.post("/mon-compte/calendrier", {"scope": "mine", "what": "make"}).get_data(as_text=True)
    assert "webcal://" in page
    assert "/calendrier/" in page
    again = browser.get("/mon-compte/calendrier").get_data(as_text=True)
    assert "webcal://" not in again
    assert "Aucun logiciel" in again
    browser.post("/mon-compte/calendrier", {"scope": "mine", "what": "cut"})
    assert "Couper" not in browser.get("/mon-compte/calendrier").get_data(as_text=True)
