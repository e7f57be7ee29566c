"""Requests that resemble each other: found once sent, proposed to cells, brought together or said to be different."""

import html
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.alike import queries, service
from portal.alike.models import AlikePair, ComparedRequest, SharedRequest, SharedSession
from portal.db import db, transaction
from portal.organisations.models import Pole
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests import jobs
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world, page_of
from tests.races import at_once

NEED = "Nous cherchons une gouvernance partagée, avec des statuts de coopérative."
PATH = "/demandes/seances-communes"
COMPARE = "compare requests with those that are open"


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def ask(make: Builder, world: World, pole: Any = None, **values: Any) -> SupportRequest:
    who = pole if isinstance(pole, Membership) else make.coordinator(pole or make.pole())
    return make.raw_request(who, **{"service": world.service, "need": NEED, **values})


def proposed(membership: Membership) -> set[tuple[int, int]]:
    return {(pair.first_id, pair.second_id) for pair in queries.proposed(actor_of(membership))}


def attach(actor: Actor, first: SupportRequest, second: SupportRequest) -> SharedSession:
    with transaction():
        return service.attach(actor, first.reference, second.reference, "Statuts ensemble", "")


def unlike(actor: Actor, first: SupportRequest, second: SupportRequest) -> None:
    with transaction():
        service.say_unlike(actor, first.reference, second.reference)


def together() -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for row in db.session.execute(select(SharedRequest.session_id, SharedRequest.request_id)):
        found.setdefault(row.session_id, set()).add(row.request_id)
    return list(found.values())


def test_what_was_sent_is_compared_once_with_what_is_open_near_it(make: Builder, world: World) -> None:
    one, other = ask(make, world), ask(make, world)
    ask(make, world, state=RequestState.DRAFT)
    ask(make, world, state=RequestState.WITHDRAWN)
    ask(make, world, make.pole(region_code="93", department_code=None))
    beside = ask(make, world, make.pole(region_code="32", department_code=None))
    assert jobs.do(COMPARE) == 4
    assert jobs.do(COMPARE) == 0, "each once"
    assert proposed(world.cell) == {(one.id, other.id)}
    assert proposed(world.national) == {(one.id, other.id), (one.id, beside.id), (other.id, beside.id)}
    late = ask(make, world)
    assert jobs.do(COMPARE) == 1
    assert (one.id, late.id) in proposed(world.cell)


def test_what_is_sent_again_is_compared_by_its_new_words(make: Builder, world: World) -> None:
    one, other = ask(make, world), ask(make, world)
    jobs.do(COMPARE)
    with transaction() as session:
        again = session.get_one(SupportRequest, one.id)
        again.need, again.subject = "Trouver un local.", "Un local"
        again.submitted_at = clock.now() + timedelta(seconds=1)
    with clock.travelling_to(clock.now() + timedelta(minutes=1)):
        assert jobs.do(COMPARE) == 1
    assert proposed(world.cell) == set()
    assert other.id


def test_a_cell_brings_two_together_and_a_third_joins(make: Builder, world: World, browse: Any) -> None:
    one, other, third = (ask(make, world) for _number in range(3))
    jobs.do(COMPARE)
    browser = browse(world.cell)
    page = html.unescape(browser.get(PATH).text)
    assert "3 ressemblances à regarder" in page
    assert "Mots en commun" in page
    assert "ressemblances à regarder" in html.unescape(browser.get("/suivi").text)
    typed = {"first": one.reference, "second": other.reference, "title": "Statuts ensemble", "note": "En mai"}
    refused = browser.post(f"{PATH}/regrouper", {**typed, "title": ""})
    assert refused.status_code == 422
    assert "En mai" in html.unescape(refused.text), "what was typed stays"
    assert browser.post(f"{PATH}/regrouper", typed).status_code == 302
    assert browser.post(f"{PATH}/regrouper", typed).status_code == 302, "twice is once"
    assert "l’autre la rejoint" in html.unescape(browser.get(PATH).text)
    browser.post(f"{PATH}/regrouper", {**typed, "second": third.reference})
    assert together() == [{one.id, other.id, third.id}]
    assert proposed(world.cell) == set()
    assert "Statuts ensemble" in html.unescape(browser.get(page_of(one)).text)
    for reader in (one, other):
        pole = make.member(db.session.get_one(Pole, reader.pole_id), Role.MEMBER)
        assert "Statuts ensemble" not in html.unescape(browse(pole).get(page_of(reader)).text)


def test_not_the_same_is_said_once_and_for_all_a_third_included(
    make: Builder, world: World, browse: Any
) -> None:
    one, other, third = (ask(make, world) for _number in range(3))
    jobs.do(COMPARE)
    cell = actor_of(world.cell)
    answer = browse(world.cell).post(
        f"{PATH}/differentes", {"first": other.reference, "second": one.reference}
    )
    assert answer.status_code == 302
    assert (one.id, other.id) not in proposed(world.cell)
    attach(cell, one, third)
    for first, second in ((other, third), (one, other)):
        with pytest.raises(Invalid):
            attach(cell, first, second)
    assert together() == [{one.id, third.id}]
    with pytest.raises(Invalid):
        unlike(cell, one, third)
    ask(make, world)
    jobs.do(COMPARE)
    assert (one.id, other.id) not in proposed(world.cell)


def test_a_request_is_taken_out_and_a_session_of_one_ends(make: Builder, world: World, browse: Any) -> None:
    one, other, third = (ask(make, world) for _number in range(3))
    jobs.do(COMPARE)
    cell = actor_of(world.cell)
    held = attach(cell, one, other)
    attach(cell, other, third)
    browser = browse(world.cell)
    assert browser.post(f"{PATH}/retirer/{one.reference}").status_code == 302
    assert together() == [{other.id, third.id}]
    assert (one.id, other.id) in proposed(world.cell), "it may be brought back"
    renamed = browser.post(f"{PATH}/{held.id}", {"title": "En juin", "note": "Salle"})
    assert renamed.status_code == 302
    assert "En juin" in html.unescape(browser.get(PATH).text)
    for _time in range(2):
        browser.post(f"{PATH}/retirer/{other.reference}")
    assert together() == []
    assert not db.session.scalars(select(SharedSession)).all()


def test_what_is_closed_or_of_one_pole_meanwhile_is_proposed_no_more(make: Builder, world: World) -> None:
    one, other, third = (ask(make, world) for _number in range(3))
    jobs.do(COMPARE)
    with transaction() as session:
        session.get_one(SupportRequest, other.id).state = RequestState.WITHDRAWN
        session.get_one(SupportRequest, third.id).pole_id = one.pole_id
    assert proposed(world.cell) == set()
    with pytest.raises(Invalid):
        attach(actor_of(world.cell), one, other)


def test_nobody_else_sees_or_decides(make: Builder, world: World, browse: Any) -> None:
    one, other = ask(make, world), ask(make, world)
    jobs.do(COMPARE)
    stranger = make.regional_admin("93")
    assert proposed(stranger) == set()
    with pytest.raises(NotFound):
        attach(actor_of(stranger), one, other)
    for person in (world.coordinator, world.practitioner, make.observer()):
        assert browse(person).get(PATH).status_code == 403
    with pytest.raises((NotAllowed, NotFound)):
        attach(actor_of(make.member(db.session.get_one(Pole, one.pole_id), Role.MEMBER)), one, other)
    held = attach(actor_of(world.cell), one, other)
    assert browse(stranger).get(f"{PATH}/{held.id}").status_code == 404


def test_a_session_of_two_regions_shows_each_cell_its_own(make: Builder, world: World, browse: Any) -> None:
    one, beside = ask(make, world), ask(make, world, make.pole(region_code="32", department_code=None))
    jobs.do(COMPARE)
    held = attach(actor_of(world.national), one, beside)
    page = html.unescape(browse(world.cell).get(f"{PATH}/{held.id}").text)
    assert one.reference in page
    assert beside.reference not in page
    assert "1 autre demande" in page


def test_nothing_is_kept_of_what_says_nothing_any_more(make: Builder, world: World) -> None:
    one, other = ask(make, world), ask(make, world)
    jobs.do(COMPARE)
    attach(actor_of(world.cell), one, other)
    with transaction() as session:
        for request in (one, other):
            row = session.get_one(SupportRequest, request.id)
            row.state, row.anonymised_at = RequestState.WITHDRAWN, clock.now()
    assert jobs.do("forget what was alike") == 2
    for model in (AlikePair, ComparedRequest, SharedRequest, SharedSession):
        assert not db.session.scalars(select(model)).all(), model


def test_what_was_about_to_be_said_is_asked_again_after_signing_in(
    make: Builder, world: World, browse: Any
) -> None:
    one, other = ask(make, world), ask(make, world)
    jobs.do(COMPARE)
    pair = {"first": one.reference, "second": other.reference}
    page = browse(world.cell).post(f"{PATH}/differentes", {**pair, "resume": "1"})
    assert page.status_code == 200
    assert "Vous alliez dire qu’elles ne sont pas la même demande" in html.unescape(page.text)
    assert proposed(world.cell), "nothing is said by signing in"
    assert browse(world.cell).post(f"{PATH}/differentes", pair).status_code == 302
    assert not proposed(world.cell)


@pytest.mark.parametrize("case", ["join", "decide", "take out"])
def test_two_cells_act_at_once(make: Builder, world: World, app: Flask, case: str) -> None:
    regional, national = actor_of(world.cell), actor_of(world.national)
    for _round in range(3):
        one, other, third = (ask(make, world) for _number in range(3))
        jobs.do(COMPARE)
        pair = one.reference, other.reference
        act = {
            "join": lambda a=other, b=third: service.attach(national, a.reference, b.reference, "B", ""),
            "decide": lambda pair=pair: service.say_unlike(national, *pair),
            "take out": lambda a=one: service.take_out(national, a.reference),
        }[case]
        answers = at_once(app, lambda pair=pair: service.attach(regional, *pair, "A", ""), act)
        now = [held for held in together() if held & {one.id, other.id, third.id}]
        if case == "join":
            assert now == [{one.id, other.id, third.id}], answers
        elif case == "decide":
            assert sum(isinstance(answer, Invalid) for answer in answers) == 1, answers
        else:
            assert now in ([{one.id, other.id}], []), answers
        with transaction() as session:
            for request in (one, other, third):
                session.get_one(SupportRequest, request.id).state = RequestState.WITHDRAWN
