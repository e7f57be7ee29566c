"""A step is done from an e-mail: by its reader, once, by choice, never by a program that opens links."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import acts, clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.requests import steps
from portal.requests.by_mail.emails import IN_YOUR_NAME
from portal.requests.by_mail.rules import LASTS, OFFERED
from portal.requests.models import Assignment, RequestEvent
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, DeclineReason, RequestState
from portal.requests.undo import service as undo
from tests.builders import Builder
from tests.integration.news.conftest import Told
from tests.integration.requests.steps import DO, World, actor_of
from tests.races import all_at_once

LINK = re.compile(r"http://portal\.test(/par-courriel/\S+)")
A = AssignmentState


@pytest.fixture
def told(make: Builder, world: World) -> Told:
    """A partner was asked by its cell: both people of its team got the e-mail."""
    request = make.raw_request(world.coordinator, RequestState.TO_ROUTE, world.service)
    with transaction():
        DO[steps.ROUTE](actor_of(world.cell), request.reference, Details(partner_ids=[world.partner.id]))
    return Told(world, request, db.session.scalars(select(Assignment.id)).one())


def last_to(address: str) -> OutboxEmail:
    written = select(OutboxEmail).where(OutboxEmail.recipient == address).order_by(OutboxEmail.id.desc())
    return db.session.scalars(written.limit(1)).one()


def links_to(address: str) -> list[str]:
    """In the order of the steps offered."""
    return LINK.findall(last_to(address).text)


def links_of(member: Membership) -> list[str]:
    return links_to(member.person.email)


def state(told: Told) -> AssignmentState:
    found = select(Assignment.state).where(Assignment.id == told.assignment_id)
    return db.session.scalars(found).one()


def happened() -> int:
    return db.session.scalar(select(func.count()).select_from(RequestEvent)) or 0


def ask_the_pole(told: Told, question: str = "Combien d’ateliers ?") -> None:
    by = actor_of(told.world.practitioner)
    with transaction():
        DO[steps.ASK](by, told.request.reference, told.assignment_id, Details(message=question))


def yes(told: Told, **more: Any) -> dict[str, Any]:
    return {"choice": "yes", "referent_id": str(told.world.practitioner.person_id), **more}


def test_a_partner_accepts_and_the_pole_hears_after_two_minutes(told: Told, browse) -> None:
    accept, _decline = links_of(told.world.practitioner)
    visitor = browse(None)
    page = visitor.get(accept)
    assert told.request.reference in page.text
    assert "checked" not in page.text.partition('name="choice"')[2].partition("</fieldset>")[0], (
        "nothing is chosen"
    )
    answer = visitor.post(accept, yes(told, message="À jeudi."))
    assert answer.status_code == 302
    assert state(told) is A.ACCEPTED
    event = db.session.scalars(select(RequestEvent).order_by(RequestEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_id) == ("accept", told.world.practitioner.person_id)
    letter = last_to(told.world.coordinator.person.email)
    assert letter.kind == "requests/accept_pole"
    assert letter.next_attempt_at is not None
    assert letter.next_attempt_at >= event.at + acts.TIME - timedelta(seconds=5)
    assert letter.message_id not in {one.message_id for one in claims.claim()}


def test_a_partner_declines_with_a_next_step(told: Told, browse) -> None:
    decline = links_of(told.world.practitioner)[1]
    visitor = browse(None)
    refused = visitor.post(decline, {"choice": "yes"})
    assert refused.status_code == 422
    assert state(told) is A.PROPOSED
    sent = {"choice": "yes", "reason": DeclineReason.NO_CAPACITY, "message": "Voyez l’agence voisine."}
    assert visitor.post(decline, sent).status_code == 302
    assert state(told) is A.DECLINED


def test_a_pole_answers_the_question_it_reads(told: Told, browse) -> None:
    ask_the_pole(told)
    (answer,) = links_of(told.world.coordinator)
    visitor = browse(None)
    assert "Combien d’ateliers" in visitor.get(answer).text
    assert visitor.post(answer, {"choice": "yes", "message": "Trois."}).status_code == 302
    assert state(told) is A.PROPOSED


@pytest.fixture
def silent_for_long(told: Told) -> Iterator[None]:
    """The partner accepted 41 days ago, and was asked for news."""
    by = actor_of(told.world.practitioner)
    with transaction():
        DO[steps.ACCEPT](by, told.request.reference, told.assignment_id, Details(referent_id=by.person_id))
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False), transaction():
        DO[steps.ASK_NEWS](actor_of(told.world.cell), told.request.reference, told.assignment_id, Details())
    with time_machine.travel(clock.now() + timedelta(days=41), tick=False):
        yield


@pytest.mark.usefixtures("silent_for_long")
def test_a_partner_says_that_it_goes_on(told: Told, browse) -> None:
    (go_on,) = links_of(told.world.practitioner)
    before = happened()
    assert browse(None).post(go_on, {"choice": "yes"}).status_code == 302
    assert happened() == before + 1


def test_what_is_offered_can_be_done_from_where_it_leaves(told: Told) -> None:
    for offered in OFFERED.values():
        assert all(not step.stays for step in offered), "its author can take it back"


@pytest.mark.parametrize("method", ["head", "get", "options"])
def test_opening_a_link_does_nothing(told: Told, browse, method: str) -> None:
    before = happened()
    for link in links_of(told.world.practitioner):
        getattr(browse(None).client, method)(link)
    assert (happened(), state(told)) == (before, A.PROPOSED)


def test_a_program_that_posts_without_the_page_does_nothing(told: Told, app: Flask) -> None:
    before = happened()
    for link in links_of(told.world.practitioner):
        assert app.test_client().post(link, data=yes(told)).status_code == 400
        assert app.test_client().post(link).status_code == 400
    assert (happened(), state(told)) == (before, A.PROPOSED)


def press(browse, link: str, **typed: str) -> int:
    """As a program does that opens a link and presses the button that it finds, with what the page filled in."""
    robot = browse(None)
    page = robot.get(link).text
    assert "<script" not in page.partition("<main")[2]
    drawn = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    return int(robot.post(link, {**drawn, **typed}).status_code)


def test_a_program_that_presses_the_button_of_the_page_makes_no_choice(told: Told, browse) -> None:
    before = happened()
    for link in links_of(told.world.practitioner):
        assert press(browse, link, referent_id=str(told.world.practitioner.person_id)) == 422
    assert (happened(), state(told)) == (before, A.PROPOSED)


def test_nor_does_it_answer_for_the_pole(told: Told, browse) -> None:
    ask_the_pole(told)
    (answer,) = links_of(told.world.coordinator)
    before = happened()
    assert press(browse, answer) == press(browse, answer, message="Trois.") == 422
    assert (happened(), state(told)) == (before, A.ON_HOLD)


@pytest.mark.usefixtures("silent_for_long")
def test_nor_does_it_say_that_work_goes_on(told: Told, browse) -> None:
    (go_on,) = links_of(told.world.practitioner)
    before = happened()
    assert press(browse, go_on) == 422
    assert happened() == before


def test_to_do_nothing_is_a_choice(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    visitor = browse(None)
    assert visitor.post(accept, {"choice": "no"}).status_code == 200
    assert state(told) is A.PROPOSED
    assert visitor.post(accept, yes(told)).status_code == 302, "and another one later"


def test_a_link_is_used_once(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    visitor = browse(None)
    visitor.post(accept, yes(told))
    before = happened()
    assert visitor.post(accept, yes(told)).status_code == 409
    page = visitor.get(accept)
    assert page.status_code == 200
    assert 'name="choice"' not in page.text
    assert happened() == before


def test_two_posts_at_once_do_it_once(app: Flask, told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    before = happened()
    visitors = [browse(None) for _ in range(2)]
    for one in visitors:
        one.get(accept)

    sent = yes(told)

    def press(number: int, meet: Any) -> int:
        meet()
        with app.app_context():
            return int(visitors[number].post(accept, sent).status_code)

    assert sorted(all_at_once(2, press)) == [302, 409]
    assert happened() == before + 1


def test_it_is_taken_back_by_the_same_link_and_spent(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    visitor = browse(None)
    visitor.post(accept, yes(told))
    assert f'action="{accept}/annuler"' in visitor.get(accept).text
    assert visitor.client.get(f"{accept}/annuler").status_code == 405
    assert visitor.post(f"{accept}/annuler").status_code == 302
    assert state(told) is A.PROPOSED
    assert last_to(told.world.coordinator.person.email).kind != "requests/accept_pole", "nobody heard of it"
    assert visitor.post(accept, yes(told)).status_code == 409
    assert visitor.post(f"{accept}/annuler").status_code == 409


def test_after_two_minutes_it_stays(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    visitor = browse(None)
    visitor.post(accept, yes(told))
    with time_machine.travel(clock.now() + acts.TIME + timedelta(seconds=1), tick=False):
        assert "/annuler" not in visitor.get(accept).text
        assert visitor.post(f"{accept}/annuler").status_code == 409
    assert state(told) is A.ACCEPTED


def test_an_act_of_the_page_is_not_taken_back_by_a_link(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    visitor = browse(None)
    visitor.post(accept, yes(told))
    by = actor_of(told.world.practitioner)
    with transaction(), undo.act(by, steps.GO_ON):
        DO[steps.GO_ON](by, told.request.reference, told.assignment_id, Details())
    assert visitor.post(f"{accept}/annuler").status_code == 409


def test_a_link_dies_of_age(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    with time_machine.travel(clock.now() + LASTS + timedelta(seconds=2), tick=False):
        visitor = browse(None)
        assert visitor.get(accept).status_code == 404
        assert visitor.post(accept, yes(told)).status_code == 404
    assert state(told) is A.PROPOSED


@pytest.mark.parametrize("change", [lambda path: path[:-2], lambda path: path.replace("/W", "/X", 1) + "x"])
def test_a_forged_link_opens_nothing(told: Told, browse, change: Any) -> None:
    accept = links_of(told.world.practitioner)[0]
    assert browse(None).post(change(accept), yes(told)).status_code == 404
    assert state(told) is A.PROPOSED


def test_who_left_does_nothing_any_more(told: Told, browse) -> None:
    accept = links_of(told.world.practitioner)[0]
    with transaction() as session:
        told.world.practitioner.ended_at = clock.now()
        session.add(told.world.practitioner)
    assert browse(None).post(accept, yes(told)).status_code == 404
    assert state(told) is A.PROPOSED


def test_an_answer_is_given_to_the_question_of_its_e_mail(told: Told, browse) -> None:
    ask_the_pole(told)
    (first,) = links_of(told.world.coordinator)
    with transaction():
        DO[steps.ANSWER](
            actor_of(told.world.coordinator),
            told.request.reference,
            told.assignment_id,
            Details(message="Trois."),
        )
    ask_the_pole(told, "Et où ?")
    assert browse(None).post(first, {"choice": "yes", "message": "Trois."}).status_code == 409
    assert state(told) is A.ON_HOLD


def test_a_shared_mailbox_acts_in_the_name_that_is_typed(make: Builder, world: World, browse) -> None:
    with transaction() as session:
        world.partner.shared_mailbox = "equipe@exemple.test"
        session.add(world.partner)
    request = make.raw_request(world.coordinator, RequestState.TO_ROUTE, world.service)
    with transaction():
        DO[steps.ROUTE](actor_of(world.cell), request.reference, Details(partner_ids=[world.partner.id]))
    accept = links_to("equipe@exemple.test")[0]
    visitor = browse(None)
    told = Told(world, request, db.session.scalars(select(Assignment.id)).one())
    assert visitor.post(accept, yes(told)).status_code == 422, "who is there?"
    unknown = visitor.post(accept, yes(told, name="Jean Personne"))
    assert unknown.status_code == 422
    assert "Personne de ce nom" in unknown.text
    assert visitor.post(accept, yes(told, name=world.coordinator.person.name)).status_code == 422, (
        "not of the team"
    )
    name = world.practitioner.person.name.upper()
    assert visitor.post(accept, yes(told, name=name)).status_code == 302
    event = db.session.scalars(select(RequestEvent).order_by(RequestEvent.id.desc()).limit(1)).one()
    assert event.actor_id == world.practitioner.person_id
    told_of_it = select(OutboxEmail.recipient).where(OutboxEmail.kind == IN_YOUR_NAME)
    assert db.session.scalars(told_of_it).all() == [world.practitioner.person.email]


def test_every_reader_has_links_of_their_own(told: Told) -> None:
    sent = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "requests/route_partner")).all()
    links = [link for one in sent for link in LINK.findall(one.text)]
    assert len(links) == 2 * len(sent) > 2
    assert len(set(links)) == len(links)
    assert "of-whoever-reads-this" not in "".join(one.text + one.html for one in sent)
