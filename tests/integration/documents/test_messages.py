"""Documents on messages: for whoever may read the message, asked each time; a note's for its side alone."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.conversation import personal
from portal.db import transaction
from portal.requests import personal as requests
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import PDF, Builder
from tests.integration.documents.sending import all_documents, file, links, offered, on, saved
from tests.integration.requests.steps import World, page_of


@pytest.fixture
def request_(make: Builder, world: World) -> SupportRequest:
    found = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(found, world.partner, AssignmentState.ACCEPTED)
    return found


def say(browser: Browser, request: SupportRequest, to: str, **fields: Any) -> TestResponse:
    """`to`: as the form has it; "all": the first choice it offers."""
    if to == "all":
        to = re.search(r'name="to"[^>]*value="(with-\d+)"', browser.get(page_of(request)).text)[1]
    path = f"{page_of(request)}/conversation"
    typed = {"once": "key", "text": "Voici le plan.", "to": to, "intent": "send", **fields}
    return browser.post(path, typed)


READERS = ("coordinator", "colleague", "practitioner", "manager", "cell", "national")


@pytest.mark.parametrize(
    ("author", "to", "may"),
    [
        ("coordinator", "all", set(READERS)),
        ("practitioner", "note", {"practitioner", "manager"}),
        ("cell", "note", {"cell", "national"}),
    ],
)
def test_who_reads_a_message_saves_its_documents_and_nobody_else(
    browse, request_: SupportRequest, world: World, author: str, to: str, may: set[str]
) -> None:
    answer = say(browse(getattr(world, author)), request_, to, documents=[file()])
    assert answer.status_code == 302
    [document] = all_documents()
    path = f"/documents/{document.id}"
    for who in READERS:
        reader = browse(getattr(world, who))
        page = reader.get(page_of(request_)).text
        assert (path in links(page)) == ("devis.pdf" in page) == (who in may), who
        with reader.get(path) as got:
            assert got.status_code == (200 if who in may else 404), who


def test_a_document_with_an_answer_is_on_the_part_of_its_partner(browse, make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    part = make.raw_assignment(request, world.partner, AssignmentState.ON_HOLD)
    answer = say(browse(world.coordinator), request, f"answer-{part.id}", documents=[file()])
    assert answer.status_code == 302
    assert on() == [(ASSIGNMENT, part.id)]


def test_one_sent_with_a_message_that_is_refused_waits_for_its_author_alone(
    browse, request_: SupportRequest, world: World
) -> None:
    pole = browse(world.coordinator)
    answer = say(pole, request_, "all", text="", documents=[file()])
    assert answer.status_code == 422
    kept = offered(answer.text)
    assert len(kept) == 1
    assert offered(browse(world.colleague).get(page_of(request_)).text) == []
    assert say(browse(world.colleague), request_, "all", kept_document_ids=kept).status_code == 422
    assert offered(pole.get(page_of(request_)).text) == kept
    assert say(pole, request_, "all", kept_document_ids=kept).status_code == 302
    [path] = links(browse(world.practitioner).get(page_of(request_)).text)
    assert saved(browse(world.practitioner), path) == PDF


def test_a_draft_of_a_message_keeps_its_documents(browse, request_: SupportRequest, world: World) -> None:
    pole = browse(world.coordinator)
    assert say(pole, request_, "all", intent="draft", documents=[file()]).status_code == 302
    assert len(offered(pole.get(page_of(request_)).text)) == 1


def test_what_is_anonymised_has_no_documents(browse, request_: SupportRequest, world: World) -> None:
    say(browse(world.practitioner), request_, "note", documents=[file()])
    with transaction():
        personal.anonymise([request_.id])
        requests.anonymise([request_.id])
    assert all_documents() == []


def test_a_document_of_the_request_is_not_made_one_of_a_message(
    browse, make: Builder, request_: SupportRequest, world: World
) -> None:
    there = make.document(REQUEST, request_.id, sent_by_id=world.coordinator.person_id)
    answer = say(browse(world.coordinator), request_, "all", kept_document_ids=[there.id])
    assert answer.status_code == 422
    assert on() == [(REQUEST, request_.id)]
