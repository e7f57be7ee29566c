"""A message is answered from its e-mail, by its reader, once, and for nobody who did not read it."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Membership
from portal.conversation import queries as conversation
from portal.conversation import service
from portal.conversation.models import Message, MessageDraft
from portal.conversation.service import Words
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, build_world

LINK = re.compile(r"http://portal\.test(/repondre-par-courriel/\S+)")
YES = {"choice": "yes", "text": "Jeudi nous convient."}


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture
def request_(make: Builder, world: World) -> SupportRequest:
    found = make.raw_request(world.coordinator, RequestState.ACCEPTED, world.service)
    make.raw_assignment(found, world.partner, AssignmentState.ACCEPTED)
    return found


def say(who: Membership, request: SupportRequest, to: str, once: str = "once") -> None:
    with transaction():
        service.say(actor_of(who), request.reference, once, Words(to, "Quand venez-vous ?"))


def link_of(who: Membership) -> list[str]:
    sent = (
        select(OutboxEmail.text).where(OutboxEmail.person_id == who.person_id).order_by(OutboxEmail.id.desc())
    )
    return LINK.findall(db.session.scalars(sent.limit(1)).one())


def messages() -> int:
    return db.session.scalar(select(func.count()).select_from(Message)) or 0


def last() -> Message:
    return db.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def test_it_is_said_once_to_those_who_read_the_message(
    world: World, request_: SupportRequest, browse
) -> None:
    say(world.coordinator, request_, f"with-{world.partner.id}")
    (link,) = link_of(world.practitioner)
    visitor = browse(None)
    assert "Quand venez-vous" in visitor.get(link).text
    assert visitor.post(link, YES).status_code == 302
    assert visitor.post(link, {**YES, "text": "Encore."}).status_code == 302
    assert messages() == 2
    said = last()
    assert (said.author_id, said.note, said.text) == (world.practitioner.person_id, False, YES["text"])
    assert conversation.heard_by(said).partner_ids == {world.partner.id}
    assert 'name="choice"' not in visitor.get(link).text


def test_an_answer_never_widens(make: Builder, world: World, request_: SupportRequest, browse) -> None:
    other = make.practitioner()
    make.raw_assignment(request_, other.organisation, AssignmentState.ACCEPTED)
    say(world.practitioner, request_, f"with-{world.partner.id}")
    (link,) = link_of(world.coordinator)
    assert browse(None).post(link, YES).status_code == 302
    assert conversation.heard_by(last()).partner_ids == {world.partner.id}, "the other partner was not told"


def test_a_note_has_no_link(make: Builder, world: World, request_: SupportRequest) -> None:
    say(world.practitioner, request_, "note")
    assert link_of(world.manager) == []


@pytest.mark.parametrize("sent", [{}, {"text": "Jeudi."}, {"choice": "yes"}])
def test_without_a_choice_and_words_nothing_is_said(
    world: World, request_: SupportRequest, browse, sent: dict[str, Any]
) -> None:
    say(world.coordinator, request_, f"with-{world.partner.id}")
    (link,) = link_of(world.practitioner)
    visitor = browse(None)
    for read in (visitor.client.head, visitor.get):
        assert read(link).status_code == 200
    assert visitor.post(link, sent).status_code == 422
    assert visitor.client.post(link, data=YES).status_code == 400, "nor without the token of the page"
    assert visitor.post(link, {"choice": "no"}).status_code == 200
    assert messages() == 1


def test_a_draft_of_the_page_stays(world: World, request_: SupportRequest, browse) -> None:
    say(world.coordinator, request_, f"with-{world.partner.id}")
    (link,) = link_of(world.practitioner)
    with transaction():
        words = Words(f"with-{world.partner.id}", "À finir")
        service.keep_draft(actor_of(world.practitioner), request_.reference, "", words)
    browse(None).post(link, YES)
    assert db.session.scalars(select(MessageDraft.text)).all() == ["À finir"]


def test_who_no_longer_reads_it_does_not_answer(world: World, request_: SupportRequest, browse) -> None:
    say(world.coordinator, request_, f"with-{world.partner.id}")
    (link,) = link_of(world.practitioner)
    with transaction() as session:
        world.practitioner.ended_at = world.practitioner.started_at
        session.add(world.practitioner)
    visitor = browse(None)
    assert (visitor.get(link).status_code, visitor.post(link, YES).status_code) == (404, 404)
    assert messages() == 1
