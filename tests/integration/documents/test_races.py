"""Two at once: a document that waits goes to one of them, or is forgotten, never both."""

from collections.abc import Callable

from flask import Flask

from portal import clock
from portal.db import transaction
from portal.documents import rules, service
from portal.documents.rules import Sender
from portal.refusals import Invalid
from portal.requests.documents.service import REQUEST
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from tests.builders import FORM_WITH_DOCUMENTS, Builder
from tests.integration.documents.sending import all_documents, on
from tests.integration.requests.steps import World
from tests.races import together


def attaching(world: World, document_id: int, request: SupportRequest) -> Callable[[], bool]:
    """Does one of two forms get it?"""
    person_id, request_id = world.coordinator.person_id, request.id

    def act() -> bool:
        try:
            with transaction():
                return bool(
                    service.attach(Sender(person_id), [document_id], REQUEST, request_id, FORM_WITH_DOCUMENTS)
                )
        except Invalid:
            return False

    return act


def test_one_of_two_requests_gets_it(app: Flask, make: Builder, world: World) -> None:
    drafts = [make.raw_request(world.coordinator, RequestState.DRAFT) for _ in range(2)]
    kept = make.document(sent_by_id=world.coordinator.person_id)
    got = together(app, *(attaching(world, kept.id, one) for one in drafts))
    assert sorted(got) == [False, True]
    assert on() == [(REQUEST.kind, drafts[got.index(True)].id)]


def test_what_is_taken_is_not_forgotten_meanwhile(app: Flask, make: Builder, world: World) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    old = make.document(sent_by_id=world.coordinator.person_id, sent_at=clock.now() - 5 * rules.KEPT)
    number = old.id

    def forget() -> bool:
        with transaction():
            return service.forget_old([number]) == 1

    taken, forgotten = together(app, attaching(world, number, draft), forget)
    assert taken != forgotten
    assert len(all_documents()) == taken
