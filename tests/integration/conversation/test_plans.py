"""With 100,000 requests, no page of a conversation reads a whole table of what was said, sent or done."""

import re
from collections.abc import Callable

import pytest

from portal.conversation.models import Message
from portal.db import db
from portal.documents.models import Document
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, say
from tests.plans import plans_while

GROW = (
    *("support_request", "assignment", "request_event", "message", "message_partner", "message_mention"),
    *("message_guest", "message_draft", "reading", "guest", "guest_link", "document", "stored_file"),
    *("outbox_email", "intervention", "practice", "undo", "snooze"),
)
"""The tables that grow with the requests."""
WHOLE = re.compile(rf"(?:SCAN|Seq Scan on) (?:{'|'.join(GROW)})(?:_\d+)?\b(?! USING)")


def read_whole(act: Callable[[], object]) -> dict[str, str]:
    """The statements that do, with their plans."""
    plans = plans_while(act)
    assert plans
    return {sql: plan for sql, plan in plans.items() if WHOLE.search(plan)}


@pytest.fixture
def talk(make: Builder, scene: Scene) -> Scene:
    everybody = scene.with_(scene.assignment, scene.beside)
    say(scene.world.coordinator, scene, "Un", everybody, scene.world.practitioner)
    say(scene.world.practitioner, scene, "Deux", "note")
    message = db.session.scalars(db.select(Message.id).order_by(Message.id)).first()
    for kind, number in (
        ("message", message),
        ("request", scene.request.id),
        ("assignment", scene.assignment.id),
    ):
        make.document(kind, number, sent_by_id=scene.world.coordinator.person_id)
    make.raw_intervention(scene.assignment, scene.world.practitioner.person)
    return scene


def test_a_table_that_is_read_whole_is_seen(talk: Scene) -> None:
    assert read_whole(lambda: db.session.scalars(db.select(Message).where(Message.text == "Un")).all())


@pytest.mark.parametrize("name", ["pole", "partner", "other partner", "cell", "national"])
def test_the_page_of_a_request_is_found_by_indexes(
    talk: Scene, browse: Callable[..., Browser], name: str
) -> None:
    browser = browse(talk.people[name])
    assert read_whole(lambda: browser.get(talk.path)) == {}
    assert read_whole(lambda: browser.get(f"{talk.path}/conversation?avant=2")) == {}


@pytest.mark.parametrize("name", ["pole", "partner", "cell", "national"])
def test_what_waits_to_be_read_is_found_by_indexes(
    talk: Scene, browse: Callable[..., Browser], name: str
) -> None:
    browser = browse(talk.people[name])
    assert read_whole(lambda: browser.get("/")) == {}


@pytest.mark.parametrize("name", ["pole", "partner", "cell", "national"])
def test_the_home_walks_no_message_that_is_old(
    talk: Scene, browse: Callable[..., Browser], name: str
) -> None:
    browser = browse(talk.people[name])
    walked = re.compile(r"(?:SCAN|Seq Scan on) message\b(?! USING INDEX ix_message_at)")
    plans = plans_while(lambda: browser.get("/"))
    assert {sql: plan for sql, plan in plans.items() if walked.search(plan)} == {}


def test_a_document_is_found_by_its_number(talk: Scene, browse: Callable[..., Browser]) -> None:
    browser = browse(talk.world.practitioner)
    for number in db.session.scalars(db.select(Document.id)).all():
        assert read_whole(lambda number=number: browser.client.get(f"/documents/{number}").close()) == {}


def test_the_page_of_a_guest_is_found_by_indexes(
    make: Builder, talk: Scene, browse: Callable[..., Browser]
) -> None:
    guest, token = make.raw_guest(talk.request, talk.world.coordinator)
    say(talk.world.coordinator, talk, "Trois", f"{talk.with_(talk.assignment, talk.beside)}-g{guest.id}")
    visitor = browse(None)
    assert read_whole(lambda: visitor.get(f"/conversation/{token}")) == {}
    said = db.session.scalars(db.select(Message.id).order_by(Message.id.desc())).first()
    number = make.document("message", said).id
    assert read_whole(lambda: visitor.client.get(f"/conversation/{token}/documents/{number}").close()) == {}
