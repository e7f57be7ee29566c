"""Documents on requests: sent with a form, saved by whoever may read what they are on, and nobody else."""

import pytest
from sqlalchemy import update

from portal.db import db, transaction
from portal.documents import rules
from portal.requests import personal
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.drafts import service as drafts
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import ADD_INFORMATION, AssignmentState, RequestState
from tests.builders import PDF, Builder
from tests.integration.documents.sending import (
    OTHER_PDF,
    all_documents,
    file,
    links,
    on,
    saved,
    send,
)
from tests.integration.requests.steps import (
    PATHS,
    World,
    actor_of,
    errors_of,
    page_of,
    the_request,
)


@pytest.mark.parametrize("intent", ["send", "draft"])
def test_a_request_is_sent_with_documents_that_its_readers_save(browse, world: World, intent: str) -> None:
    pole = browse(world.coordinator)
    answer = send(pole, world, file(), file("Statuts signés.pdf", OTHER_PDF), intent=intent)
    assert answer.status_code == 302
    request = the_request()
    assert on() == [(REQUEST, request.id)] * 2
    page = pole.get(page_of(request)).text
    assert "Statuts signés.pdf" in page
    assert [saved(pole, path) for path in links(page)] == [PDF, OTHER_PDF]
    with browse(world.cell).get(links(page)[0]) as seen_by_cell:
        assert seen_by_cell.status_code == (404 if intent == "draft" else 200)


def test_a_document_is_saved_never_shown(browse, world: World) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file())
    with pole.get(links(pole.get(page_of(the_request())).text)[0]) as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=devis.pdf"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_draft_takes_more_and_lets_some_go(browse, world: World) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file(), intent="draft")
    edit = page_of(the_request(), action="modifier/documents")
    pole.post(edit, {"documents": [file("plan.pdf", OTHER_PDF)]})
    first, second = all_documents()
    page = pole.get(edit).text
    assert "devis.pdf" in page
    assert "plan.pdf" in page
    assert pole.post(page_of(the_request(), action=f"documents/{first.id}/retirer")).status_code == 302
    assert [one.id for one in all_documents()] == [second.id]


def test_what_was_sent_with_a_request_stays(browse, world: World) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file())
    path = page_of(the_request(), action=f"documents/{all_documents()[0].id}/retirer")
    assert pole.post(path).status_code == 409
    assert len(all_documents()) == 1


def test_a_document_of_another_draft_is_not_let_go_through_ones_own(
    browse, make: Builder, world: World
) -> None:
    other = make.raw_request(make.coordinator(), RequestState.DRAFT)
    theirs = make.document(REQUEST, other.id)
    own = make.raw_request(world.coordinator, RequestState.DRAFT)
    path = page_of(own, action=f"documents/{theirs.id}/retirer")
    assert browse(world.coordinator).post(path).status_code == 404
    assert len(all_documents()) == 1


def test_a_deleted_draft_takes_its_documents_with_it(browse, world: World) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file(), intent="draft")
    pole.post(page_of(the_request(), action="supprimer"))
    assert all_documents() == []


def test_a_document_with_an_answer_is_for_its_partner_alone(browse, make: Builder, world: World) -> None:
    """What a pole does with a partner is between the two of them and the cell."""
    other = make.practitioner(make.partner())
    request = make.raw_request(world.coordinator, service=world.service)
    asks = make.raw_assignment(request, world.partner, AssignmentState.ON_HOLD)
    make.raw_assignment(request, other.organisation, AssignmentState.PROPOSED)
    pole = browse(world.coordinator)
    answered = pole.post(
        page_of(request, asks, "repondre"), {"message": "Voici nos statuts.", "documents": [file()]}
    )
    assert answered.status_code == 302
    assert on() == [(ASSIGNMENT, asks.id)]
    path = f"/documents/{all_documents()[0].id}"
    may = {"coordinator": 200, "practitioner": 200, "manager": 200, "cell": 200, "national": 200}
    for who, status in may.items():
        with browse(getattr(world, who)).get(path) as got:
            assert got.status_code == status, who
        assert path in browse(getattr(world, who)).get(page_of(request)).text
    stranger = browse(other)
    assert stranger.get(path).status_code == 404
    page = stranger.get(page_of(request)).text
    assert path not in page
    assert "devis.pdf" not in page


def test_what_a_pole_adds_is_for_all_who_have_the_request(browse, make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    added = browse(world.coordinator).post(
        page_of(request, action=PATHS[ADD_INFORMATION]),
        {"message": "Le devis est arrivé.", "documents": [file()]},
    )
    assert added.status_code == 302
    assert on() == [(REQUEST, request.id)]
    for who in ("practitioner", "cell"):
        reader = browse(getattr(world, who))
        assert [saved(reader, path) for path in links(reader.get(page_of(request)).text)] == [PDF]


def test_the_right_is_that_of_now(browse, make: Builder, world: World) -> None:
    """A request that is no longer somebody's takes its documents along."""
    request = make.raw_request(world.coordinator, service=world.service)
    path = f"/documents/{make.document(REQUEST, request.id).id}"
    elsewhere = make.coordinator()
    with browse(world.coordinator).get(path) as before:
        assert before.status_code == 200
    with transaction() as session:
        moved = update(SupportRequest).where(SupportRequest.id == request.id)
        session.execute(moved.values(pole_id=elsewhere.organisation_id))
    assert browse(world.coordinator).get(path).status_code == 404
    with browse(elsewhere).get(path) as after:
        assert after.status_code == 200


def test_who_guesses_a_number_gets_nothing(browse, make: Builder, world: World) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    there = make.document(REQUEST, draft.id, sent_by_id=world.coordinator.person_id)
    waiting = make.document(sent_by_id=world.coordinator.person_id)
    on_nothing_known = make.document("message", draft.id, sent_by_id=world.coordinator.person_id)
    for who in ("practitioner", "cell", "national"):
        assert browse(getattr(world, who)).get(f"/documents/{there.id}").status_code == 404
    for one in (waiting, on_nothing_known):
        assert browse(world.coordinator).get(f"/documents/{one.id}").status_code == 404
    assert browse(world.coordinator).get("/documents/999999").status_code == 404


def test_twenty_are_enough(browse, make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, RequestState.DRAFT)
    for number in range(rules.MOST_ON_ONE):
        make.document(REQUEST, request.id, name=f"{number}.pdf")
    fields = {"documents": [file("un de trop.pdf")]}
    answer = browse(world.coordinator).post(page_of(request, action="modifier/documents"), fields)
    assert answer.status_code == 422
    assert str(rules.MOST_ON_ONE) in errors_of(answer, "documents")
    assert [one.kind for one in all_documents()].count(REQUEST) == rules.MOST_ON_ONE


def test_five_at_once_are_enough(browse, world: World) -> None:
    files = [file(f"{number}.pdf") for number in range(rules.MOST_AT_ONCE + 1)]
    answer = send(browse(world.coordinator), world, *files)
    assert answer.status_code == 422
    assert str(rules.MOST_AT_ONCE) in errors_of(answer, "documents")
    assert all_documents() == []


def test_an_anonymised_request_has_no_documents(make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    part = make.raw_assignment(request, world.partner, AssignmentState.COMPLETED)
    kept = make.document(REQUEST, make.raw_request(world.coordinator).id)
    make.document(REQUEST, request.id)
    make.document(ASSIGNMENT, part.id)
    with transaction():
        personal.anonymise([request.id])
    assert [one.id for one in all_documents()] == [kept.id]


def test_a_page_costs_one_statement_more_however_many_there_are(
    browse, make: Builder, world: World, queries: list[str]
) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    pole = browse(world.coordinator)
    costs = []
    for number in (0, 1, 15):
        for _ in range(number):
            make.document(REQUEST, request.id)
        pole.get(page_of(request))
        queries.clear()
        pole.get(page_of(request))
        costs.append(len(queries))
    assert costs == [costs[0], costs[0] + 1, costs[0] + 1]


def test_what_is_on_nothing_is_found(app, make: Builder, world: World) -> None:
    lost = make.document(REQUEST, 999)
    make.document(REQUEST, make.raw_request(world.coordinator).id)
    result = app.test_cli_runner().invoke(args=["check"])
    assert f"Document {lost.id} is on a request that is no more." in result.output
    assert "1 documents on nothing" in result.output


def test_a_discarded_draft_leaves_no_note_nor_document(make: Builder, world: World) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    make.document(REQUEST, draft.id)
    with transaction():
        drafts.discard_draft(actor_of(world.coordinator), draft.reference)
    assert all_documents() == []
    assert not db.session.query(RequestEvent).all()
