"""A file sent with a form that is refused is kept for the correction, for who sent it alone, and for a day."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.requests import service
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState, RequestState
from tests.browser import Browser
from tests.builders import PDF, Builder
from tests.integration.documents.sending import (
    OTHER_PDF,
    all_documents,
    file,
    form_of,
    links,
    offered,
    on,
    saved,
    send,
)
from tests.integration.requests.steps import World, errors_of, page_of, the_request
from tests.jobs import do


def refused_once(pole: Browser, world: World) -> str:
    """The form as it comes back, damaged on its way."""
    answer = send(pole, world, file(), damaged=True)
    assert answer.status_code == 422
    assert "devis.pdf" in answer.text
    return answer.text


def test_422_the_form_offers_it_again_and_takes_it_once_corrected(browse, world: World) -> None:
    pole = browse(world.coordinator)
    kept = offered(refused_once(pole, world))
    assert on() == [(None, None)]
    assert send(pole, world, kept_document_ids=kept).status_code == 302
    assert on() == [(REQUEST, the_request().id)]
    page = pole.get(page_of(the_request())).text
    assert [saved(pole, path) for path in links(page)] == [PDF]


def test_one_that_is_left_out_is_not_sent(browse, world: World) -> None:
    pole = browse(world.coordinator)
    refused_once(pole, world)
    assert send(pole, world).status_code == 302
    assert on() == [(None, None)]


def test_a_good_file_is_kept_beside_a_bad_one(browse, world: World) -> None:
    pole = browse(world.coordinator)
    answer = send(pole, world, file(), file("page.pdf", b"<html>"))
    assert answer.status_code == 422
    assert "page.pdf" in errors_of(answer, "documents")
    assert "devis.pdf" not in errors_of(answer, "documents")
    assert answer.text.count('<a href="#documents">') == 1, "one sentence, one line above the form"
    assert send(pole, world, kept_document_ids=offered(answer.text)).status_code == 302
    assert [one.file.name for one in all_documents_with_files()] == ["devis.pdf"]


def all_documents_with_files() -> list:
    found = all_documents()
    for one in found:
        db.session.refresh(one, ["file"])
    return found


def test_403_a_form_opened_again_offers_it(browse, make: Builder, world: World) -> None:
    """A member reads requests, and may add nothing to one that is sent."""
    request = make.raw_request(world.coordinator)
    member = make.member(world.coordinator.organisation, role="member")
    path = page_of(request, action="completer")
    answer = browse(member).post(path, {"message": "Voici.", "documents": [file()]})
    assert answer.status_code == 403
    assert "gardés un jour" in answer.text
    with transaction() as session:
        session.get_one(Membership, member.id).role = Role.COORDINATOR
    assert len(offered(browse(member).get(page_of(request)).text)) == 1


def set_state(part: Assignment, state: AssignmentState) -> None:
    with transaction() as session:
        session.execute(update(Assignment).where(Assignment.id == part.id).values(state=state))


def test_409_a_form_sent_too_late_leaves_it_for_another_try(browse, make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    part = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    partner, done = browse(world.practitioner), {"reason": "helped", "message": "Fait."}
    path = page_of(request, part, "terminer")
    set_state(part, AssignmentState.HANDED_BACK)
    answer = partner.post(path, {**done, "documents": [file("bilan.pdf")]})
    assert answer.status_code == 409
    assert "gardés un jour" in answer.text
    set_state(part, AssignmentState.ACCEPTED)
    kept = offered(partner.get(page_of(request)).text)
    assert partner.post(path, {**done, "kept_document_ids": kept}).status_code == 302
    assert on() == [(ASSIGNMENT, part.id)]


def test_409_it_follows_to_the_organisation_that_is_meant(browse, make: Builder, world: World) -> None:
    """Somebody of two poles opened the form for one, and acts for the other."""
    two = make.member(make.pole(), world.coordinator.role, world.coordinator.person)
    pole = browse(world.coordinator)
    address = form_of(pole, world)
    pole.get(address)
    drawn_for_the_first = pole.token
    pole.post("/mon-compte/agir-pour", {"membership_id": two.id})
    pole.token = drawn_for_the_first
    answer = pole.post(address, {"once": "a-key", "documents": [file()]})
    assert answer.status_code == 409
    [kept] = all_documents()
    assert f'name="kept_document_ids" value="{kept.id}"' in answer.text
    pole.token = drawn_for_the_first
    again = {"once": "a-key", "kept_document_ids": [kept.id], "meant": "1"}
    assert pole.post(address, again).status_code == 302
    assert on() == [(REQUEST, the_request().id)]
    assert the_request().pole_id == world.coordinator.organisation_id


def test_500_it_is_there_after_a_failure_of_ours(
    app: Flask, browse, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pole = browse(world.coordinator)
    address = form_of(pole, world)
    pole.get(address)

    def fail(*_everything: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(service, "_write", fail)
        patched.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        fields = {"once": "a-key", "csrf_token": pole.token, "documents": [file()]}
        answer = pole.client.post(address, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 500
    again = [one.id for one in all_documents()]
    assert f'name="kept_document_ids" value="{again[0]}"' in answer.text, "the button that sends again has it"
    assert send(pole, world, kept_document_ids=again).status_code == 302
    assert on() == [(REQUEST, the_request().id)]


@pytest.mark.parametrize("who", ["colleague", "practitioner", "cell"])
def test_nobody_else_takes_it(browse, make: Builder, world: World, who: str) -> None:
    """Neither its number nor its form is enough."""
    refused_once(browse(world.coordinator), world)
    [theirs] = all_documents()
    person = getattr(world, who).person
    other = browse(make.member(make.pole(), world.coordinator.role, person))
    assert offered(other.get(form_of(other, world)).text) == []
    answer = send(other, world, kept_document_ids=[theirs.id])
    assert answer.status_code == 422
    assert "plus gardé" in errors_of(answer, "documents")
    assert on() == [(None, None)]
    assert other.get(f"/documents/{theirs.id}").status_code == 404


def test_what_is_on_one_request_is_not_taken_to_another(browse, make: Builder, world: World) -> None:
    """Not even by who sent it: who may read it would change."""
    pole = browse(world.coordinator)
    send(pole, world, file())
    [sent] = all_documents()
    first = the_request().id
    assert send(pole, world, kept_document_ids=[sent.id], once="another").status_code == 422
    assert on() == [(REQUEST, first)]


def test_the_same_form_sent_twice_leaves_it_once(browse, world: World) -> None:
    pole = browse(world.coordinator)
    address = form_of(pole, world)
    for _ in range(2):
        assert pole.post(address, {"once": "a-key", "documents": [file()]}).status_code == 302
    assert on() == [(REQUEST, the_request().id)]
    again = {"once": "a-key", "kept_document_ids": [one.id for one in all_documents()]}
    assert pole.post(address, again).status_code == 302, "neither does a number sent twice"
    assert on() == [(REQUEST, the_request().id)]


def test_the_same_file_chosen_again_is_the_one_that_is_kept(browse, world: World) -> None:
    pole = browse(world.coordinator)
    kept = offered(refused_once(pole, world))
    assert send(pole, world, file(), file(content=OTHER_PDF), kept_document_ids=kept).status_code == 302
    assert on() == [(REQUEST, the_request().id)] * 2


def test_what_a_form_leaves_goes_once_it_is_sent(browse, world: World) -> None:
    """A request written an hour later does not begin with the documents of another."""
    pole = browse(world.coordinator)
    answer = send(pole, world, file(), file("plan.pdf", OTHER_PDF), damaged=True)
    first, _second = offered(answer.text)
    assert send(pole, world, kept_document_ids=[first]).status_code == 302
    assert len(all_documents()) == 1
    assert offered(pole.get(form_of(pole, world, "another")).text) == []


def test_it_goes_after_a_day_if_nobody_comes_back(browse, make: Builder, world: World) -> None:
    day = timedelta(days=1)
    pole = browse(world.coordinator)
    address = form_of(pole, world)
    mine = {"sent_by_id": world.coordinator.person_id}
    make.document(form=address, sent_at=clock.days_ago(day) - timedelta(seconds=1), **mine)
    recent = make.document(form=address, sent_at=clock.days_ago(day) + timedelta(seconds=1), **mine)
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    live = make.document(REQUEST, draft.id, sent_at=clock.now() - 30 * day, **mine)
    assert offered(pole.get(address).text) == [recent.id]
    assert do("forget documents of refused forms") == 1
    assert [one.id for one in all_documents()] == [recent.id, live.id], "never one of a live draft"


def test_a_forged_post_keeps_nothing(app: Flask, world: World) -> None:
    pole = Browser(app, world.coordinator)
    address = form_of(pole, world)
    pole.token = "forged"
    assert pole.post(address, {"once": "a-key", "documents": [file()]}).status_code == 400
    assert all_documents() == []


def test_who_only_looks_keeps_nothing(browse, make: Builder, world: World) -> None:
    national, address = browse(world.national), form_of(browse(world.coordinator), world)
    path = f"/personnes/voir-comme/{world.coordinator.id}"
    assert national.post(path, {"reason": "Aide demandée."}).status_code == 302
    assert national.get(address).status_code == 200
    assert national.post(address, {"once": "a-key", "documents": [file()]}).status_code == 403
    assert all_documents() == []


def test_a_visitor_keeps_nothing(browse, world: World) -> None:
    address = form_of(browse(world.coordinator), world)
    visitor = browse(None)
    assert visitor.post(address, {"once": "a-key", "documents": [file()]}).status_code == 401
    assert all_documents() == []
