"""Who waits for a place keeps it while that lasts, hears of each place, and hears when they wait no more."""

import html
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.catalogue import steps
from portal.catalogue.limits.models import UseLimit
from portal.catalogue.limits.rules import Measure
from portal.catalogue.models import Service
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import KEPT_FOR
from portal.catalogue.sheets import service as sheets
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, mails
from tests.integration.requests.test_room import begin_to_wait, offer, places, waits

ROOM, LEFT = "catalogue/room_pole", "catalogue/left_list_pole"


@pytest.fixture
def full(make: Builder, world: World) -> SupportRequest:
    """What holds the one place of the service, for which the pole waits."""
    places(world.service, world.partner, 1)
    sent = make.raw_request(make.coordinator(), service=world.service)
    begin_to_wait(world.service, world.coordinator.organisation)
    mails()
    return sent


def told(kind: str = ROOM) -> int:
    """How many e-mails of a kind the job writes."""
    offer()
    return len([mail for mail in mails() if mail[0] == kind])


def set_state(sent: SupportRequest, state: RequestState) -> None:
    with transaction() as session:
        session.get(SupportRequest, sent.id).state = state


def act(world: World, step: object, until: date | None = None) -> None:
    with transaction():
        sheets.act(actor_of(world.national), world.service.id, step, until)


def listed() -> list[tuple[int, date | None]]:
    rows = db.session.scalars(select(WaitingPlace).order_by(WaitingPlace.id))
    return [(row.pole_id, row.told_on) for row in rows]


def test_what_is_suspended_keeps_its_list_and_its_days_do_not_run(world: World, full: SupportRequest) -> None:
    set_state(full, RequestState.DROPPED)
    assert told() == 2, "those who answer for the pole"
    act(world, steps.SUSPEND, clock.today() + timedelta(days=40))
    for days in (1, KEPT_FOR.days + 2):
        with clock.travelling_to(clock.now() + timedelta(days=days)):
            assert told() == told(LEFT) == 0
    assert listed() == [(world.coordinator.organisation_id, None)]
    with clock.travelling_to(clock.now() + timedelta(days=41)):
        assert told() == 2, "anew, with all of its days"


def test_what_closes_a_service_says_what_becomes_of_those_who_wait(
    world: World, full: SupportRequest, browse
) -> None:
    del full
    browser: Browser = browse(world.national)
    for verb in ("suspend", "archive"):
        shown = html.unescape(browser.get(f"/services/fiches/{world.service.id}/{verb}").text)
        assert "Pôles qui attendent : 1." in shown.replace("\xa0", " ")
        assert "ils gardent leur rang" in shown
        assert "sont prévenus par courriel" in shown


def test_what_is_archived_tells_those_who_waited(world: World, full: SupportRequest) -> None:
    del full
    act(world, steps.ARCHIVE)
    assert {mail for mail in mails() if mail[0] == LEFT} == {
        (LEFT, person.person.email) for person in (world.coordinator, world.colleague)
    }
    assert listed() == []


def test_whoever_may_no_longer_ask_leaves_and_hears_why(
    make: Builder, world: World, full: SupportRequest
) -> None:
    """Its limit of the year is reached: nobody waits behind it."""
    make.raw_request(world.coordinator, service=make.service(world.partner))
    with transaction() as session:
        session.add(UseLimit(measure=Measure.REQUESTS, maximum=1))
    offer()
    letters = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == LEFT)).all()
    assert len(letters) == 2
    assert "il peut en envoyer 1" in letters[0].text.replace("\xa0", " ")
    assert "rang" not in letters[0].text
    assert listed() == []
    assert full.id


def test_who_let_a_place_go_is_told_of_the_next_and_not_again_of_the_same(
    make: Builder, world: World, full: SupportRequest
) -> None:
    set_state(full, RequestState.DROPPED)
    assert told() == 2
    for days in (1, KEPT_FOR.days, 3 * KEPT_FOR.days):
        with clock.travelling_to(clock.now() + timedelta(days=days)):
            assert told() == 0, "it is the same place"
    with clock.travelling_to(clock.now() + KEPT_FOR + timedelta(days=1)):
        other = make.raw_request(make.coordinator(), service=world.service)
        assert waits(world.service, world.coordinator.organisation_id) == (1, 0, False)
        assert told() == 0
        set_state(other, RequestState.DROPPED)
        assert told() == 2, "as its e-mail said: it stayed on the list"


def test_places_that_are_missing_are_opened_once_whoever_of_its_partners_does_it(
    make: Builder, world: World, full: SupportRequest, browse
) -> None:
    del full
    other = make.manager(make.partner(name="Œuvre alliée", regions=("28",)))
    offered = make.service(world.partner, other.organisation)
    places(offered, world.partner, 1)
    places(offered, other.organisation, 0)
    make.raw_request(make.coordinator(), service=offered)
    for name in ("Pôle du Lac", "Pôle de l’Œuvre"):
        begin_to_wait(offered, make.pole(name=name))
    opened = 0
    for manager in (world.manager, world.manager, other):
        page = f"/services/partenaires/{manager.organisation_id}/places"
        browser: Browser = browse(manager)
        shown = html.unescape(browser.get(page).text)
        assert "Pôle du Lac, depuis le" in shown
        assert ("Ouvrir 2 places de plus" in shown) is (opened == 0)
        assert browser.post(f"{page}/{offered.id}/ouvrir").status_code == 302
        opened = maximum(offered) - 1
        assert opened == 2
    assert "Il y a déjà une place" in html.unescape(browser.get(page).text)
    assert "2 places sont libres" in html.unescape(browser.get(page).text).replace("\xa0", " ")


def maximum(offered: Service) -> int:
    rows = select(ServiceRoom.maximum).where(ServiceRoom.service_id == offered.id)
    return sum(db.session.scalars(rows))
