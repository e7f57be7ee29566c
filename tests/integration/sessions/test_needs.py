"""A cell proposes a session to requests that need the same: who may, who is told, and what becomes of it all."""

import html
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.roles import Role
from portal.alike.models import SharedRequest
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.doubles import service as doubles
from portal.organisations.models import Pole
from portal.organisations.rules import NOBODY
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import RequestState
from portal.requests.undo import service as undo
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import service, steps
from portal.sessions.needs.models import AttachedRequest, WantedSession
from portal.sessions.registrations import queries as registrations
from portal.steps import StepRefused
from tests.builders import Builder
from tests.integration.requests.steps import actor_of, page_of
from tests.integration.sessions.needs import Need
from tests.integration.sessions.steps import letters, register, told
from tests.races import at_once
from tests.sessions import raw_registration, raw_session

ATTACH, DETACH = "attach_session_pole", "detach_session_pole"


def attached() -> dict[int, int]:
    rows = db.session.execute(select(AttachedRequest.request_id, AttachedRequest.session_id))
    return {row.request_id: row.session_id for row in rows}


def history(request: SupportRequest) -> Sequence[str]:
    statement = select(RequestEvent.action).where(RequestEvent.request_id == request.id)
    return db.session.scalars(statement.order_by(RequestEvent.id)).all()


def test_each_pole_is_told_once_and_reads_it_on_the_page_of_its_request(need: Need, browse: Any) -> None:
    world = need.world
    page = html.unescape(browse(world.cell).get(need.path).text)
    assert need.session.title in page
    assert page.count("checked") == 3
    sent = {"session_id": need.session.id, "references": [one.reference for one in need.requests]}
    for _time in range(2):
        assert browse(world.cell).post(need.path, sent).status_code == 302
    assert attached() == {one.id: need.session.id for one in need.requests}
    assert Counter(told(ATTACH)) == Counter(
        each.person.email for each in (world.coordinator, world.colleague, need.other)
    )
    for request in need.requests:
        assert history(request).count(steps.ATTACH.name) == 1
        assert db.session.get_one(SupportRequest, request.id).state is request.state, "it stays where it was"
    shown = html.unescape(browse(world.coordinator).get(page_of(need.requests[0])).text)
    assert "Session proposée" in shown
    assert f"/sessions/{need.session.id}/inscriptions" in shown
    assert "session-plus-proposee" not in shown
    assert need.shared.title not in shown
    assert "Pôle d’en face" not in shown


def test_the_email_says_until_when_and_names_the_person_of_the_cell(need: Need) -> None:
    need.attach(1)
    [letter] = letters(ATTACH)
    assert letter.subject.startswith("Inscrivez des personnes")
    assert f"/sessions/{need.session.id}" in letter.text
    assert need.world.cell.person.name in letter.text
    assert "12 places" in letter.text
    for secret in (need.shared.title, "Pôle voisin", need.requests[0].reference):
        assert secret not in letter.text


def test_a_full_one_is_proposed_with_its_waiting_list(need: Need, make: Builder) -> None:
    full = raw_session(make, need.world.practitioner, need.world.service, seats=1)
    raw_registration(make, full, make.coordinator())
    need.attach(1, session=full)
    [letter] = letters(ATTACH)
    assert "liste d’attente" in letter.text
    register(full, need.other, "Bao Tran")
    assert told("wait_participant") == ["bao.tran@exemple.test"]


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "manager", "stranger"])
def test_nobody_but_the_cells_of_the_requests_decides(
    need: Need, browse: Any, make: Builder, who: str
) -> None:
    person = make.regional_admin("93") if who == "stranger" else getattr(need.world, who)
    with pytest.raises((NotAllowed, NotFound)):
        need.attach(0, by=person)
    with pytest.raises((NotAllowed, NotFound)), transaction():
        service.ask(actor_of(person), need.shared.id, need.world.practitioner.organisation_id)
    assert browse(person).get(need.path).status_code in (403, 404)
    need.attach(0)
    with pytest.raises((NotAllowed, NotFound)), transaction():
        service.detach(actor_of(person), need.requests[0].reference)
    assert attached() == {need.requests[0].id: need.session.id}


def test_a_cell_attaches_what_it_routes_alone(need: Need, make: Builder, browse: Any) -> None:
    beside = make.raw_request(make.coordinator(make.pole(region_code="32")), service=need.world.service)
    with transaction() as session:
        session.add(SharedRequest(request_id=beside.id, session_id=need.shared.id))
    page = html.unescape(browse(need.world.cell).get(need.path).text)
    assert beside.reference not in page
    assert "1 autre demande" in page
    with pytest.raises(Invalid), transaction():
        service.attach(actor_of(need.world.cell), need.shared.id, need.session.id, [beside.reference])


@pytest.mark.parametrize("how", ["closed", "cancelled", "draft", "other service", "gone"])
def test_a_session_that_does_not_suit_is_refused_and_what_was_chosen_stays(
    need: Need, make: Builder, browse: Any, how: str
) -> None:
    by, of = need.world.practitioner, need.world.service
    values: dict[str, Any] = {"state": how, "reason": "Salle prise"} if how in ("cancelled", "draft") else {}
    service_of = make.service(by.organisation) if how == "other service" else of
    session = raw_session(make, by, service_of, **values)
    if how == "closed":
        with transaction() as changing:
            row = changing.get_one(CollectiveSession, session.id)
            row.closes_on = row.created_at.date().replace(year=2020)
    number = 999_999 if how == "gone" else session.id
    sent = {"session_id": number, "references": [need.requests[1].reference]}
    answer = browse(need.world.cell).post(need.path, sent)
    assert answer.status_code == 422
    assert answer.text.count("checked") == 1, "the request that was ticked"
    with pytest.raises(Invalid), transaction():
        service.attach(actor_of(need.world.cell), need.shared.id, number, [need.requests[1].reference])
    assert attached() == {}
    assert letters() == []


def test_a_request_that_was_closed_meanwhile_stops_all(need: Need) -> None:
    with transaction() as session:
        session.get_one(SupportRequest, need.requests[1].id).state = RequestState.WITHDRAWN
    with pytest.raises(Invalid, match=r"meanwhile|entre-temps"):
        need.attach()
    assert attached() == {}
    assert letters() == []


def test_another_session_takes_the_place_of_the_first(need: Need, make: Builder) -> None:
    need.attach(0)
    later = raw_session(make, need.world.practitioner, need.world.service, title="Une autre")
    need.attach(0, session=later)
    assert attached() == {need.requests[0].id: later.id}
    assert history(need.requests[0]).count(steps.ATTACH.name) == 2


def test_it_is_taken_back_within_two_minutes_and_nothing_is_sent(need: Need) -> None:
    need.attach()
    with transaction():
        undo.take_back(actor_of(need.world.cell), need.requests[0].reference)
    assert attached() == {}
    assert not [letter for letter in letters(ATTACH) if letter.sent_at]
    assert not db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == f"sessions/{ATTACH}")).all()


def test_a_cell_proposes_it_no_more_and_seats_stay(need: Need, browse: Any) -> None:
    need.attach(0, 1)
    register(need.session, need.other, "Anne Le Goff")
    browser = browse(need.world.cell)
    page = html.unescape(browser.get(page_of(need.requests[1])).text)
    path = f"/demandes/seances-communes/session-plus-proposee/{need.requests[1].reference}"
    assert path in page
    for _time in range(2):
        assert browser.post(path).status_code == 302
    assert attached() == {need.requests[0].id: need.session.id}
    assert told(DETACH) == [need.other.person.email]
    assert "Session proposée</h2>" not in browse(need.other).get(page_of(need.requests[1])).text
    assert [each.standing for each in registrations.of_session(need.session.id)] == ["seated"]


def test_what_is_closed_is_detached_no_more(need: Need, browse: Any) -> None:
    need.attach(1)
    with transaction() as session:
        session.get_one(SupportRequest, need.requests[1].id).state = RequestState.WITHDRAWN
    with pytest.raises(StepRefused), transaction():
        service.detach(actor_of(need.world.cell), need.requests[1].reference)
    path = f"/demandes/seances-communes/session-plus-proposee/{need.requests[1].reference}"
    assert browse(need.world.cell).post(path).status_code == 409


def test_when_it_is_cancelled_each_pole_is_told_once_registered_or_not(need: Need, browse: Any) -> None:
    need.attach()
    register(need.session, need.world.coordinator, "Anne Le Goff")
    with transaction():
        sessions.cancel(actor_of(need.world.manager), need.session.id, "La salle n’est plus libre.")
    assert told("lost_pole") == [need.other.person.email]
    assert need.world.coordinator.person.email in told("cancel_pole")
    assert need.other.person.email not in told("cancel_pole")
    page = html.unescape(browse(need.other).get(page_of(need.requests[1])).text)
    assert "Cette session est annulée" in page
    assert "La demande reste ouverte" in page
    assert f"/sessions/{need.session.id}/inscriptions" not in page
    chosen = html.unescape(browse(need.world.cell).get(need.path).text)
    assert "était proposée, et elle est annulée" in chosen
    assert db.session.get_one(SupportRequest, need.requests[1].id).state is RequestState.TO_ROUTE


def test_a_pole_whose_request_is_over_hears_nothing_of_a_cancelled_one(need: Need) -> None:
    need.attach(1)
    with transaction() as session:
        session.get_one(SupportRequest, need.requests[1].id).state = RequestState.WITHDRAWN
    with transaction():
        sessions.cancel(actor_of(need.world.manager), need.session.id, "Salle prise")
    assert told("lost_pole") == []


def test_a_pole_that_left_takes_nothing_with_it_and_is_told_nothing(need: Need) -> None:
    national = actor_of(need.world.national)
    need.attach()
    with transaction():
        handover.end(national, need.other.organisation_id, "Fermeture", NOBODY)
    with pytest.raises(Invalid):
        need.attach(1, session=raw_session(need.make, need.world.practitioner, need.world.service))
    with transaction():
        sessions.cancel(actor_of(need.world.manager), need.session.id, "Salle prise")
    assert need.other.person.email not in told("lost_pole")


def test_a_pole_that_became_one_with_another_keeps_what_was_proposed(need: Need, browse: Any) -> None:
    need.attach(1)
    kept, other = need.world.coordinator.organisation_id, need.other.organisation_id
    browser = browse(need.world.coordinator)
    with transaction():
        doubles.merge(actor_of(need.world.national), kept, other, set())
    assert attached() == {need.requests[1].id: need.session.id}
    assert "Session proposée" in html.unescape(browser.get(page_of(need.requests[1])).text)


def test_a_partner_is_asked_once_and_reads_how_many_and_not_which(need: Need, browse: Any) -> None:
    world = need.world
    browser = browse(world.cell)
    path = f"/demandes/seances-communes/{need.shared.id}/demander-une-session"
    assert browser.post(path, {"partner_id": ""}).status_code == 422
    for _time in range(2):
        with transaction():
            service.ask(actor_of(world.cell), need.shared.id, world.practitioner.organisation_id)
    [letter] = letters("wanted_partner")
    assert letter.recipient == world.manager.person.email
    assert "2 pôles" in letter.text
    for secret in (
        need.shared.title,
        *("Pôle voisin", "Pôle d’en face"),
        *(each.reference for each in need.requests),
    ):
        assert secret not in letter.text
    assert "sollicité le" in html.unescape(browser.get(need.path).text)
    assert len(db.session.scalars(select(WantedSession)).all()) == 1
    page = browse(world.manager).get(f"/sessions/les-notres/nouvelle?service={world.service.id}").text
    assert f'<option selected value="{world.service.id}">' in page


def test_a_partner_that_does_not_deliver_it_is_not_asked(need: Need, make: Builder) -> None:
    other = make.partner()
    with pytest.raises(Invalid), transaction():
        service.ask(actor_of(need.world.cell), need.shared.id, other.id)
    assert letters() == []


def test_the_page_of_a_request_without_a_session_costs_nothing_more(
    need: Need, browse: Any, queries: list[str]
) -> None:
    browser = browse(need.world.coordinator)
    costs = []
    for number in (0, 2):
        browser.get(page_of(need.requests[number]))
        queries.clear()
        browser.get(page_of(need.requests[number]))
        costs.append(len([each for each in queries if "attached_request" in each]))
        need.attach(2)
    assert costs == [0, 1]


def test_a_member_of_the_pole_reads_it_and_registers_nobody(need: Need, make: Builder, browse: Any) -> None:
    need.attach(1)
    member = make.member(db.session.get_one(Pole, need.other.organisation_id), Role.MEMBER)
    page = html.unescape(browse(member).get(page_of(need.requests[1])).text)
    assert need.session.title in page
    assert f"/sessions/{need.session.id}/inscriptions" not in page


def test_a_session_is_cancelled_while_it_is_proposed(need: Need, app: Flask) -> None:
    cell, manager = actor_of(need.world.cell), actor_of(need.world.manager)
    reference = need.requests[1].reference
    answers = at_once(
        app,
        lambda: service.attach(cell, need.shared.id, need.session.id, [reference]),
        lambda: sessions.cancel(manager, need.session.id, "Salle prise"),
    )
    if any(isinstance(answer, Invalid) for answer in answers):
        assert attached() == {}
        assert letters(ATTACH) == letters("lost_pole") == []
    else:
        assert told("lost_pole") == [need.other.person.email]


def test_two_cells_propose_at_once_and_the_pole_hears_once(need: Need, app: Flask) -> None:
    actors = [actor_of(each) for each in (need.world.cell, need.world.national)]
    reference = need.requests[1].reference
    at_once(
        app,
        *(
            lambda actor=actor: service.attach(actor, need.shared.id, need.session.id, [reference])
            for actor in actors
        ),
    )
    assert attached() == {need.requests[1].id: need.session.id}
    assert len(told(ATTACH)) == 1
