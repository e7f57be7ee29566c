"""A correction asks anew the poles for which something changes, and changes nothing that a pole has confirmed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal.db import transaction
from portal.interventions.confirmation.rules import Ruling
from portal.sessions.presence import service as presence
from portal.sessions.received import service
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.received import MONDAY, Room, at, deliver, mails, readers

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
LATER = MONDAY + timedelta(days=40)


@pytest.fixture
def closed(make: Builder, world: World) -> Room:
    room = Room(make, world)
    room.close(room.anne, room.bao)
    deliver()
    return room


def confirm(room: Room, *which: Any) -> None:
    with time_machine.travel(at(TUESDAY, 9), tick=False), transaction():
        for each in which:
            service.confirm(actor_of(each), room.session.id)


def test_only_a_pole_for_which_something_changes_is_asked_anew(closed: Room) -> None:
    """Another of its people came: nothing else counts for it."""
    before = closed.asked(closed.theirs).asked_at, closed.asked(closed.ours).asked_at
    closed.close(closed.anne, closed.bao, closed.chloe, on=TUESDAY)
    assert before == (closed.asked(closed.theirs).asked_at, closed.asked(closed.ours).asked_at)
    assert mails("rectify_pole") == []
    closed.close(closed.anne, closed.bao, minutes=120, on=WEDNESDAY)
    assert closed.asked(closed.theirs).asked_at == at(WEDNESDAY)
    assert closed.theirs.person.email in readers("rectify_pole")
    [letter] = mails("rectify_pole", to=closed.theirs)
    text = letter.text.replace("\xa0", " ")
    assert "3 h" in text
    assert "2 h" in text
    assert "/sessions/par-courriel/" in text


def test_a_pole_that_no_longer_came_is_told_and_asked_nothing(closed: Room) -> None:
    closed.close(closed.anne, on=TUESDAY)
    assert closed.asked(closed.theirs) is None
    assert closed.received(closed.theirs) == 0
    assert readers("rectify_pole") == [closed.theirs.person.email]
    [letter] = mails("rectify_pole")
    assert "ne compte plus pour votre pôle" in letter.subject
    assert "/sessions/par-courriel/" not in letter.text
    assert letter.waiting is None


def test_a_pole_that_came_after_all_is_asked(make: Builder, world: World) -> None:
    room = Room(make, world)
    room.close(room.anne)
    assert room.asked(room.theirs) is None
    room.close(room.anne, room.bao, on=TUESDAY)
    assert room.state(room.theirs) == "waiting"
    assert room.theirs.person.email in readers("close_pole")
    assert mails("rectify_pole") == []


def test_somebody_added_after_it_was_closed_is_asked_about_too(make: Builder, world: World) -> None:
    room = Room(make, world)
    room.close(room.anne)
    with time_machine.travel(at(TUESDAY), tick=False), transaction():
        partner, pole_id = actor_of(world.practitioner), room.theirs.organisation_id
        presence.walk_in(partner, room.session.id, "w", "Driss", pole_id)
    assert room.state(room.theirs) == "waiting"


def test_what_a_pole_has_confirmed_its_partner_no_longer_changes_for_it(closed: Room) -> None:
    confirm(closed, closed.theirs)
    closed.close(closed.anne, minutes=120, on=WEDNESDAY)
    assert closed.state(closed.theirs) == "confirmed"
    assert (closed.received(closed.theirs), closed.received(closed.ours)) == (180, 120)
    assert closed.own_minutes(closed.theirs) == 180
    assert closed.theirs.person.email not in readers("rectify_pole")
    closed.close(closed.anne, closed.bao, minutes=180, on=WEDNESDAY)
    assert closed.own_minutes(closed.theirs) is None, "as long as it lasted again"
    assert closed.state(closed.theirs) == "confirmed"


def test_what_is_contested_its_partner_may_correct_and_the_pole_is_asked_anew(closed: Room) -> None:
    with time_machine.travel(at(TUESDAY, 9), tick=False), transaction():
        service.contest(actor_of(closed.theirs), closed.session.id, "Deux heures.", 120)
    closed.close(closed.anne, closed.bao, minutes=120, on=WEDNESDAY)
    asked = closed.asked(closed.theirs)
    assert (asked.state.value, asked.message, asked.minutes) == ("waiting", None, None)


def test_the_cell_corrects_it_for_all_and_asks_anew_with_its_reason(closed: Room) -> None:
    confirm(closed, closed.ours, closed.theirs)
    closed.rectify_later(closed.anne, closed.bao, minutes=120, on=LATER)
    assert (closed.state(closed.theirs), closed.received(closed.theirs)) == ("waiting", 120)
    assert closed.theirs.person.email in readers("rectify_pole")
    [letter] = mails("rectify_pole", to=closed.theirs)
    assert "Relu." in letter.text
    assert closed.world.cell.person.name in letter.text


def test_the_cell_drops_a_pole_that_was_not_there(closed: Room) -> None:
    confirm(closed, closed.ours, closed.theirs)
    closed.rectify_later(closed.anne, on=LATER)
    assert closed.asked(closed.theirs) is None
    assert closed.state(closed.ours) == "confirmed"
    assert readers("rectify_pole") == [closed.theirs.person.email]


def test_what_was_settled_stays_where_the_cell_corrects_something_else(closed: Room) -> None:
    with time_machine.travel(at(TUESDAY, 9), tick=False), transaction():
        service.contest(actor_of(closed.theirs), closed.session.id, "Une heure.", 60)
    with time_machine.travel(at(TUESDAY, 10), tick=False), transaction():
        pole_id = closed.theirs.organisation_id
        cell = actor_of(closed.world.cell)
        service.settle(cell, closed.session.id, pole_id, Ruling.CORRECTED, 60, "Une heure.")
    closed.rectify_later(closed.anne, closed.bao, closed.chloe, on=LATER)
    assert (closed.received(closed.theirs), closed.state(closed.theirs)) == (60, "settled")
    closed.rectify_later(closed.anne, closed.bao, minutes=120, on=LATER)
    assert (closed.received(closed.theirs), closed.state(closed.theirs)) == (120, "waiting")
