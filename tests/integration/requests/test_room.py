"""The places of a service: it closes itself when they are taken, and opens again by itself."""

import html
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility.rules import NotOpen, Rule
from portal.catalogue.models import Service, ServiceStage
from portal.catalogue.room import service as rooms
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import KEPT_FOR, TOLD_AT_MOST_EVERY, Unit
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.organisations.models import Partner, Pole
from portal.organisations.rules import Stage
from portal.requests import service
from portal.requests.closing import service as closing
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import RequestState
from tests import jobs
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, ask, mails, page_of, request_fields
from tests.jobs import JOBS
from tests.races import at_once


def places(offered: Service, partner: Partner, maximum: int) -> None:
    with transaction() as session:
        known = session.get(ServiceRoom, (offered.id, partner.id))
        if known:
            known.maximum = maximum
            return
        about = {"service_id": offered.id, "partner_id": partner.id, "updated_on": clock.today()}
        session.add(ServiceRoom(maximum=maximum, unit=Unit.SUPPORT, **about))


def is_full(offered: Service, pole_id: int) -> bool:
    said = eligibility.of(pole_id, None, [offered.id])[offered.id]
    return Rule.ROOM in {reason.rule for reason in said.reasons if reason.weight == "against"}


def test_a_full_service_closes_and_opens_again(make: Builder, world: World, browse) -> None:
    places(world.service, world.partner, 2)
    sent = [make.raw_request(make.coordinator(), service=world.service) for _number in range(2)]
    browser = browse(world.coordinator)
    answer = ask(browser, request_fields(world.service))
    assert answer.status_code == 422
    assert "sont toutes prises (2)" in html.unescape(answer.text)
    assert [row.rule for row in db.session.scalars(select(BlockedDemand))] == [Rule.ROOM]
    assert "Pas encore" in html.unescape(browser.get("/services").text)
    with transaction() as session:
        session.get(SupportRequest, sent[0].id).state = RequestState.WITHDRAWN
    assert "Places restantes cette année : 1 sur 2" in html.unescape(
        browser.get(f"/services/{world.service.slug}").text
    ).replace("\xa0", " ")
    assert ask(browser, request_fields(world.service)).status_code == 302
    assert is_full(world.service, world.coordinator.organisation_id)
    places(world.service, world.partner, 3)
    assert not is_full(world.service, world.coordinator.organisation_id)


def test_places_count_where_every_partner_at_work_says_how_many(make: Builder, world: World) -> None:
    silent, ended = make.partner(), make.partner(active=False)
    offered = make.service(world.partner, silent, ended)
    pole_id = world.coordinator.organisation_id
    places(offered, world.partner, 0)
    assert not is_full(offered, pole_id), "one says nothing"
    places(offered, silent, 1)
    assert not is_full(offered, pole_id)
    make.raw_request(world.coordinator, service=offered)
    assert is_full(offered, pole_id)
    make.raw_request(world.coordinator, RequestState.DRAFT, service=offered)
    assert not is_full(world.service, pole_id), "it says nothing of another service"


def test_two_poles_at_the_last_place(make: Builder, world: World, app: Flask) -> None:
    for _round in range(6):
        offered = make.service(world.partner)
        places(offered, world.partner, 1)
        coordinators = [make.coordinator() for _each in range(2)]
        drafts = [make.raw_request(one, RequestState.DRAFT, offered) for one in coordinators]
        acts = [
            lambda one=one, draft=draft: service.submit(actor_of(one), draft.reference)
            for one, draft in zip(coordinators, drafts, strict=True)
        ]
        answers = at_once(app, *acts)
        assert sum(isinstance(answer, NotOpen) for answer in answers) == 1, answers
        states = select(SupportRequest.state).where(SupportRequest.service_id == offered.id)
        assert sorted(db.session.scalars(states)) == [RequestState.DRAFT, RequestState.TO_ROUTE]


def test_a_partner_says_how_many_places_it_has(make: Builder, world: World, browse) -> None:
    browser = browse(world.manager)
    path = f"/services/partenaires/{world.partner.id}/places"
    place, unit = f"places_{world.service.id}", f"unit_{world.service.id}"
    make.raw_request(world.coordinator, service=world.service)
    assert "1 demande cette année" in html.unescape(browser.get(path).text)
    for _time in range(2):
        assert browser.post(path, {place: "4", unit: "seat"}).status_code == 302
    room = db.session.scalars(select(ServiceRoom)).one()
    assert (room.maximum, room.unit, room.updated_on) == (4, Unit.SEAT, clock.today())
    assert "Mis à jour le" in html.unescape(browser.get(path).text)
    assert browser.post(path, {place: "-1", unit: "seat"}).status_code == 422
    assert browser.post(path, {place: "", unit: "seat"}).status_code == 302
    assert not db.session.scalars(select(ServiceRoom)).all()
    changes = [entry.changes for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    line = f"{world.service.name}: 4"
    assert [one["places"] for one in changes if "places" in one] == [[[], [line]], [[line], []]]


def test_a_partner_without_services_reads_what_to_do(make: Builder, browse) -> None:
    manager = make.manager()
    page = browse(manager).get(f"/services/partenaires/{manager.organisation_id}/places")
    assert "Vous ne réalisez encore aucun service" in html.unescape(page.text)


def waits(offered: Service, pole_id: int) -> tuple[int | None, int, bool]:
    """Its place on the list, how many come before it, and whether it may ask."""
    said = eligibility.of(pole_id, None, [offered.id])[offered.id]
    room = said.about(Rule.ROOM).room
    return room.position, room.ahead, said.may_ask


def offer() -> int:
    """What the job does."""
    job = JOBS["offer places to those who wait"]
    with transaction():
        return job.do(job.due(job.first, 100))


def test_those_who_wait_come_first_in_the_order_of_joining(make: Builder, world: World, browse) -> None:
    places(world.service, world.partner, 1)
    sent = make.raw_request(make.coordinator(), service=world.service)
    first, second, other = world.coordinator, make.coordinator(), make.coordinator()
    for one in (first, first, second):
        page = browse(one).get(f"/services/{world.service.slug}").text
        assert ("Attendre une place" in page) or one is first
        answer = browse(one).post(f"/services/{world.service.slug}/attendre")
        assert answer.status_code == 302
    assert "rang 2 sur 2" in html.unescape(browse(second).get(f"/services/{world.service.slug}").text)
    assert offer() == 0, "there is none yet"
    with transaction() as session:
        session.get(SupportRequest, sent.id).state = RequestState.DROPPED
    assert waits(world.service, first.organisation_id) == (1, 0, True)
    assert waits(world.service, second.organisation_id) == (2, 1, False)
    assert waits(world.service, other.organisation_id) == (None, 2, False)
    assert offer() == 2, "the two who answer for the first pole"
    assert offer() == 0, "each is told once"
    assert {mail for mail in mails() if mail[0] == "catalogue/room_pole"} == {
        ("catalogue/room_pole", person.person.email) for person in (first, world.colleague)
    }
    assert ask(browse(other), request_fields(world.service)).status_code == 422
    assert ask(browse(first), request_fields(world.service)).status_code == 302
    assert waits(world.service, second.organisation_id) == (1, 0, False)
    path = f"/services/partenaires/{world.partner.id}/places"
    assert "1 pôle attend une place" in html.unescape(browse(world.manager).get(path).text)
    assert browse(world.manager).post(f"{path}/{world.service.id}/ouvrir").status_code == 302
    assert offer() == 1
    assert waits(world.service, second.organisation_id) == (1, 0, True)


def test_nobody_waits_behind_whoever_may_no_longer_ask(make: Builder, world: World) -> None:
    places(world.service, world.partner, 1)
    ended, stopped = make.pole(active=False), make.pole(stage=Stage.DEVELOPING)
    with transaction() as session:
        for pole in (ended, stopped, world.coordinator.organisation):
            session.add(WaitingPlace(service_id=world.service.id, pole_id=pole.id))
            session.flush()
        session.add(ServiceStage(service_id=world.service.id, stage=Stage.EMERGING))
        session.get(Pole, world.coordinator.organisation_id).stage = Stage.EMERGING
    assert waits(world.service, world.coordinator.organisation_id) == (2, 1, False)
    assert offer() == 2
    assert waits(world.service, world.coordinator.organisation_id) == (1, 0, True)


def test_a_place_is_kept_for_some_days(make: Builder, world: World) -> None:
    places(world.service, world.partner, 1)
    told_on = clock.today() - KEPT_FOR
    with transaction() as session:
        late = WaitingPlace(
            service_id=world.service.id, pole_id=world.coordinator.organisation_id, told_on=told_on
        )
        session.add(late)
    other = make.pole()
    assert waits(world.service, other.id) == (None, 1, False)
    with clock.travelling_to(clock.now() + timedelta(days=1)):
        assert waits(world.service, other.id)[1:] == (0, True)


def test_a_pole_leaves_the_list_or_never_joins_one_that_has_room(make: Builder, world: World, browse) -> None:
    browser, path = browse(world.coordinator), f"/services/{world.service.slug}"
    assert browser.post(f"{path}/attendre").status_code == 409
    places(world.service, world.partner, 0)
    assert browser.post(f"{path}/attendre").status_code == 302
    assert browser.post(f"{path}/ne-plus-attendre").status_code == 302
    assert browser.post(f"{path}/ne-plus-attendre").status_code == 302
    assert not db.session.scalars(select(WaitingPlace)).all()
    assert browser.post("/services/nothing/attendre").status_code == 404


def test_taking_back_what_was_sent_gives_its_place_on_the_list_again(
    make: Builder, world: World, browse
) -> None:
    places(world.service, world.partner, 0)
    browser = browse(world.coordinator)
    browser.post(f"/services/{world.service.slug}/attendre")
    places(world.service, world.partner, 1)
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    assert browser.post(page_of(draft, action="envoyer")).status_code == 302
    assert not db.session.scalars(select(WaitingPlace)).all()
    assert browser.post(page_of(draft, action="annuler")).status_code == 302
    assert waits(world.service, world.coordinator.organisation_id) == (1, 0, True)


def begin_to_wait(offered: Service, pole: Pole) -> None:
    with transaction():
        rooms.wait(pole.id, offered.id)


def told_partners() -> set[tuple[str, str]]:
    jobs.do("tell partners that poles wait")
    return {mail for mail in mails() if mail[0] == "catalogue/waiting_partner"}


def test_partners_hear_that_poles_wait_once_a_week_at_most_and_open_more(
    make: Builder, world: World, browse
) -> None:
    places(world.service, world.partner, 0)
    manager = {("catalogue/waiting_partner", world.manager.person.email)}
    assert told_partners() == set(), "nobody waits"
    begin_to_wait(world.service, make.pole())
    assert told_partners() == manager
    begin_to_wait(world.service, make.pole())
    assert told_partners() == set(), "it heard less than a week ago"
    with clock.travelling_to(clock.now() + TOLD_AT_MOST_EVERY):
        assert told_partners() == manager
    with clock.travelling_to(clock.now() + 3 * TOLD_AT_MOST_EVERY):
        assert told_partners() == set(), "nobody began to wait since"
    path = f"/services/partenaires/{world.partner.id}/places"
    browser = browse(world.manager)
    assert f'id="waiting-{world.service.id}"' in browser.get(path).text
    assert waits(world.service, make.pole().id) == (None, 2, False), "reading opened nothing"
    assert browser.post(f"{path}/{world.service.id}/ouvrir").status_code == 302
    begin = clock.now() + 5 * TOLD_AT_MOST_EVERY
    with clock.travelling_to(begin):
        assert told_partners() == set(), "there is room"


def test_a_pole_leaves_while_a_place_is_offered_or_opened(make: Builder, world: World, app: Flask) -> None:
    for act in ("offer", "open"):
        for _round in range(3):
            offered = make.service(world.partner)
            places(offered, world.partner, 0)
            leaving, staying = make.coordinator(), make.coordinator()
            for one in (leaving, staying):
                begin_to_wait(offered, one.organisation)
            if act == "offer":
                places(offered, world.partner, 1)
            other = {
                "offer": lambda offered=offered: rooms.tell(offered.id),
                "open": lambda offered=offered: rooms.open_more(
                    actor_of(world.manager), world.partner.id, offered.id
                ),
            }[act]
            answers = at_once(
                app,
                lambda offered=offered, leaving=leaving: rooms.leave(leaving.organisation_id, offered.id),
                other,
            )
            assert not [answer for answer in answers if isinstance(answer, Exception)], answers
            offer()
            left = db.session.scalars(select(WaitingPlace).where(WaitingPlace.service_id == offered.id)).all()
            assert [(row.pole_id, row.told_on) for row in left] == [(staying.organisation_id, clock.today())]


ACTS = st.lists(st.sampled_from(["send", "send", "take_back", "open", "close"]), max_size=8)


class Life:
    """What poles send for one service, and how many places its partner has; counted by hand beside."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.partner = make, world.partner
        self.offered = make.service(world.partner)
        self.maximum = 1
        self.sent: list[tuple[Membership, str]] = []
        places(self.offered, self.partner, 1)

    def open(self) -> None:
        self.maximum += 1
        places(self.offered, self.partner, self.maximum)

    def close(self) -> None:
        self.maximum = max(self.maximum - 1, 0)
        places(self.offered, self.partner, self.maximum)

    def take_back(self) -> None:
        if self.sent:
            coordinator, reference = self.sent.pop()
            with transaction():
                closing.withdraw(actor_of(coordinator), reference, Details(reason="solved"))

    def send(self) -> None:
        coordinator = self.make.coordinator()
        draft = self.make.raw_request(coordinator, RequestState.DRAFT, self.offered)
        may = len(self.sent) < self.maximum
        assert is_full(self.offered, coordinator.organisation_id) is not may
        if may:
            with transaction():
                service.submit(actor_of(coordinator), draft.reference)
            self.sent.append((coordinator, draft.reference))
            return
        with pytest.raises(NotOpen), transaction():
            service.submit(actor_of(coordinator), draft.reference)


def test_places_hold_through_any_life(make: Builder, world: World) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def live(acts: list[str]) -> None:
        life = Life(make, world)
        for act in acts:
            getattr(life, act)()

    live()
