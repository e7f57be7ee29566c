"""The calendars of those who have a seat at a session: it comes with the e-mail that gives the seat, follows what
changes, and goes with the seat, whoever gives it up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.calendars import personal
from portal.calendars import service as calendars
from portal.calendars.models import CalendarInvitation
from portal.db import db, transaction
from portal.notifications.links import service as links
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.rules import NOBODY
from portal.personal_data import jobs as personal_data
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import service
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import ADDRESS_KEPT
from tests.builders import Builder
from tests.icalendars import checked
from tests.integration.calendars.steps import Reader, outbox, parsed, sent
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.steps import asked, register
from tests.sessions import facts_of, in_days, raw_giver, raw_session

ANNE, BAO, CHLOE = (f"{name}@exemple.test" for name in ("anne", "bao", "chloé"))


@pytest.fixture
def session(make: Builder, world: World) -> CollectiveSession:
    """Of two seats, remote, given by the practitioner."""
    made = raw_session(make, world.practitioner, world.service, seats=2, link="https://visio.test/salle")
    raw_giver(make, made, world.practitioner)
    return made


def token_of(registration: Registration) -> str:
    return links.signed(LINK, registration.id)


def leave(registration: Registration) -> None:
    with transaction():
        service.leave(token_of(registration))


def edit(world: World, session: CollectiveSession, **changes: Any) -> None:
    with transaction():
        facts = facts_of(world.service, **{"seats": 2, "link": session.link, **changes})
        sessions.edit(actor_of(world.manager), session.id, facts)


def to(address: str) -> list[OutboxEmail]:
    return [each for each in outbox() if each.recipient == address]


def test_the_seat_comes_with_its_date_in_one_email(world: World, session: CollectiveSession) -> None:
    register(session, world.coordinator, "Anne")
    (letter,) = to(ANNE)
    assert letter.kind == "sessions/seat_participant"
    (event,) = checked(letter.calendar)
    assert event["ATTENDEE"].value == f"mailto:{ANNE}"
    assert event["ATTENDEE"].parameters["RSVP"] == "FALSE"
    method, shown = parsed(letter.calendar)
    assert (method, shown.uid, shown.summary) == ("REQUEST", session.uid, session.title)
    assert "https://visio.test/salle" in (shown.description or "")


def test_its_file_holds_no_secret_and_nobody_else(world: World, session: CollectiveSession) -> None:
    """A diary is often shared: whoever reads it there can neither cancel nor learn who comes."""
    seat = register(session, world.coordinator, "Anne")
    register(session, world.coordinator, "Bao")
    text = to(ANNE)[0].calendar.replace("\r\n ", "")
    assert token_of(seat) not in text
    assert "mon-inscription" not in text
    assert BAO not in text
    assert "Anne" not in text.replace(ANNE, "")


def test_who_waits_has_no_date_until_they_take_the_seat(world: World, session: CollectiveSession) -> None:
    first, _second, third = (register(session, world.coordinator, name) for name in ("Anne", "Bao", "Chloé"))
    assert sent(CHLOE) == []
    leave(first)
    assert sent(CHLOE) == [], "an offer is no seat"
    with transaction():
        service.take(token_of(third))
    assert [method for method, _number in sent(CHLOE)] == ["REQUEST"]
    assert [each.kind for each in to(CHLOE)] == [
        "sessions/wait_participant",
        "sessions/offer_participant",
        "sessions/seat_participant",
    ]


def test_who_gives_up_their_own_seat_loses_the_date(world: World, session: CollectiveSession) -> None:
    leave(register(session, world.coordinator, "Anne"))
    _seat, letter = to(ANNE)
    assert letter.kind == "calendars/taken_out"
    assert letter.confidential
    assert letter.recipient_name == ""
    assert "Retirez la session du" in letter.text
    assert f"/sessions/{session.id}" in letter.text
    assert "les-notres" not in letter.text
    assert parsed(letter.calendar)[0] == "CANCEL"


def test_whom_the_pole_takes_off_hears_it_once_with_the_end(world: World, session: CollectiveSession) -> None:
    seat = register(session, world.coordinator, "Anne")
    with transaction():
        service.withdraw(actor_of(world.coordinator), session.id, seat.id)
    _seat, letter = to(ANNE)
    assert letter.kind == "sessions/withdraw_participant"
    method, shown = parsed(letter.calendar)
    assert (method, shown.location, shown.description) == ("CANCEL", None, None)


def test_who_has_a_seat_again_has_the_date_again(world: World, session: CollectiveSession) -> None:
    leave(register(session, world.coordinator, "Anne"))
    with transaction():
        service.register(actor_of(world.coordinator), session.id, "again", asked("Anne"))
    assert [method for method, _number in sent(ANNE)] == ["REQUEST", "CANCEL", "REQUEST"]
    numbers = [number for _method, number in sent(ANNE)]
    assert numbers[1] < numbers[2], "calendars take it again"


def test_a_change_comes_with_the_email_that_tells_it(world: World, session: CollectiveSession) -> None:
    register(session, world.coordinator, "Anne")
    edit(world, session, on=in_days(22))
    _seat, letter = to(ANNE)
    assert letter.kind == "sessions/change_participant"
    method, shown = parsed(letter.calendar)
    assert (method, shown.dtstart, session.on) == ("REQUEST", session.begins, in_days(22))
    (before, after) = (number for _method, number in sent(ANNE))
    assert before < after


def test_what_only_calendars_show_is_told_by_them_alone(world: World, session: CollectiveSession) -> None:
    register(session, world.coordinator, "Anne")
    edit(world, session, title="Un autre titre")
    _seat, letter = to(ANNE)
    assert (letter.kind, parsed(letter.calendar)[1].summary) == ("calendars/invited", "Un autre titre")
    assert "par le lien du message qui vous donnait une place" in letter.text.replace("\u00a0", " ")


def test_the_end_is_told_in_the_language_of_the_seat(world: World, session: CollectiveSession) -> None:
    with transaction():
        in_english = replace(asked("Anne"), language="en")
        seat = service.register(actor_of(world.coordinator), session.id, "k", in_english)
    leave(seat)
    _seat, letter = to(ANNE)
    assert letter.language == "en"
    assert "Take the session of" in letter.text


def test_a_cancelled_one_leaves_each_calendar_with_the_email_that_says_so(
    world: World, session: CollectiveSession
) -> None:
    register(session, world.coordinator, "Anne")
    with transaction():
        sessions.cancel(actor_of(world.manager), session.id, "Salle prise.")
    _seat, letter = to(ANNE)
    assert letter.kind == "sessions/cancel_participant"
    assert parsed(letter.calendar)[0] == "CANCEL"


def test_a_coordinator_with_a_seat_gets_one_email_of_each_act(
    world: World, session: CollectiveSession
) -> None:
    address = world.coordinator.person.email
    register(session, world.coordinator, "Coordinatrice", address)
    edit(world, session, on=in_days(22))
    with transaction():
        sessions.cancel(actor_of(world.manager), session.id, "Salle prise.")
    assert [each.kind for each in to(address)] == [
        "sessions/seat_participant",
        "sessions/change_pole",
        "sessions/cancel_pole",
    ]
    assert [method for method, _number in sent(address)] == ["REQUEST", "REQUEST", "CANCEL"]


def test_their_copy_holds_the_dates_of_their_seats(world: World, session: CollectiveSession) -> None:
    person = world.coordinator.person
    register(session, world.coordinator, "Coordinatrice", person.email)
    register(session, world.coordinator, "Anne")
    (kept,) = personal.of_person(person)["invitations_of_calendars"]
    assert (kept["address"], kept["on"]) == (person.email, session.on)


def test_one_address_with_two_seats_has_one_date(
    make: Builder, world: World, session: CollectiveSession
) -> None:
    """Two poles registered the same person: the date goes with the last seat."""
    other = make.coordinator(make.pole(name="Pôle d’à côté"))
    first, second = (register(session, each, "Anne", ANNE) for each in (world.coordinator, other))
    assert [method for method, _number in sent(ANNE)] == ["REQUEST"]
    leave(first)
    assert [method for method, _number in sent(ANNE)] == ["REQUEST"]
    leave(second)
    assert [method for method, _number in sent(ANNE)] == ["REQUEST", "CANCEL"]


def test_a_pole_that_ends_takes_its_people_out(
    world: World, session: CollectiveSession, make: Builder
) -> None:
    register(session, world.coordinator, "Anne")
    with transaction():
        handover.end(actor_of(world.national), world.coordinator.organisation_id, "Fermeture", NOBODY)
    assert [method for method, _number in sent(ANNE)] == ["REQUEST", "CANCEL"]
    assert len(to(ANNE)) == 2


def test_all_that_happens_ends_in_the_calendar_as_in_the_portal(
    world: World, session: CollectiveSession
) -> None:
    reader = Reader(ANNE)
    seat = register(session, world.coordinator, "Anne")
    edit(world, session, on=in_days(25))
    leave(seat)
    edit(world, session, on=in_days(27))
    register(session, world.coordinator, "Anne L.", ANNE)
    edit(world, session, minutes=60, on=in_days(27))
    for letter in to(ANNE):
        if letter.calendar:
            reader.take(letter.calendar)
    (event,) = reader.events.values()
    assert (event.dtstart, event.dtend) == (session.begins, session.ends)
    assert (session.on, session.minutes) == (in_days(27), 60)


def test_an_hourly_look_finds_nothing_to_say(world: World, session: CollectiveSession) -> None:
    register(session, world.coordinator, "Anne")
    leave(register(session, world.coordinator, "Bao"))
    with transaction():
        assert calendars.follow_sessions([session.id]) == 0


def test_a_month_after_it_no_calendar_keeps_the_address(world: World, session: CollectiveSession) -> None:
    register(session, world.coordinator, "Anne")
    with time_machine.travel(clock.now() + timedelta(days=20) + ADDRESS_KEPT + timedelta(days=2)):
        for job in personal_data.JOBS:
            if job.name.startswith("forget addresses of se"):
                with transaction():
                    job.do(job.due(0, 100))
    assert ANNE not in db.session.scalars(select(CalendarInvitation.address)).all()
