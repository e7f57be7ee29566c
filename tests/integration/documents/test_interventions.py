"""Documents on what was done: for whoever may read of it, asked each time."""

from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import transaction
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.interventions import personal
from portal.interventions.documents.rules import INTERVENTION
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.documents.sending import all_documents, file, links, offered, on
from tests.integration.requests.steps import World, log_fields, page_of


class Logged:
    """What a partner may log, and who reads of it."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world
        self.request = make.raw_request(world.coordinator, service=world.service)
        self.assignment: Assignment = make.raw_assignment(
            self.request, world.partner, AssignmentState.ACCEPTED, answered_on=clock.today()
        )
        self.path = page_of(self.request, self.assignment, "intervention")

    def log(self, browser: Any, *documents: Any, **fields: Any) -> Any:
        typed = log_fields(self.world.practitioner.person_id, on=clock.today().isoformat())
        return browser.post(self.path, {**typed, "documents": list(documents), **fields})


@pytest.fixture
def logged(make: Builder, world: World) -> Logged:
    return Logged(make, world)


READERS = {"coordinator", "colleague", "practitioner", "manager", "cell", "national"}


def test_who_reads_a_log_saves_its_documents_and_nobody_else(
    logged: Logged, make: Builder, browse: Any
) -> None:
    assert logged.log(browse(logged.world.practitioner), file()).status_code == 302
    [document] = all_documents()
    assert document.kind == INTERVENTION
    path, page = f"/documents/{document.id}", page_of(logged.request)
    for who in READERS:
        reader = browse(getattr(logged.world, who))
        assert path in links(reader.get(page).text), who
        with reader.get(path) as got:
            assert got.status_code == 200, who
    beside = make.partner()
    make.raw_assignment(logged.request, beside, AssignmentState.ACCEPTED)
    for other in (make.practitioner(beside), make.coordinator(), make.practitioner(make.partner())):
        assert browse(other).get(path).status_code == 404, "a number that was guessed"
        assert "devis.pdf" not in browse(other).get(page).text
    assert browse(None).get(path).status_code == 302, "to sign in"


def test_the_pole_reads_them_where_it_confirms_and_the_cell_where_it_decides(
    logged: Logged, browse: Any
) -> None:
    logged.log(browse(logged.world.practitioner), file())
    [document] = all_documents()
    pole, cell, act = browse(logged.world.coordinator), browse(logged.world.cell), document.parent_id
    assert f"/documents/{document.id}" in links(pole.get(f"/interventions/{act}/contester").text)
    pole.post(f"/interventions/{act}/contester", {"message": "Non."})
    for page in ("/interventions/a-trancher", f"/interventions/{act}/trancher"):
        assert f"/documents/{document.id}" in links(cell.get(page).text), page


def test_a_form_that_is_refused_keeps_them_and_a_correction_adds_some(logged: Logged, browse: Any) -> None:
    browser = browse(logged.world.practitioner)
    refused = logged.log(browser, file(), report="")
    assert refused.status_code == 422
    [kept] = offered(refused.text)
    assert offered(browser.get(logged.path).text) == [kept]
    assert logged.log(browser, kept_document_ids=[kept]).status_code == 302
    [(kind, act)] = on()
    assert kind == INTERVENTION
    typed = log_fields(logged.world.practitioner.person_id, on=clock.today().isoformat())
    correct = f"/interventions/{act}/corriger"
    assert browser.post(correct, {**typed, "documents": [file("plan.pdf")]}).status_code == 302
    assert on() == [(INTERVENTION, act)] * 2


def test_a_draft_keeps_them_too(logged: Logged, browse: Any) -> None:
    browser = browse(logged.world.practitioner)
    assert logged.log(browser, file(), intent="draft").status_code == 302
    assert len(offered(browser.get(logged.path).text)) == 1
    assert offered(browse(logged.world.manager).get(logged.path).text) == []


def test_what_is_checked_or_was_infected_is_said_and_not_given(logged: Logged, browse: Any) -> None:
    browser = browse(logged.world.practitioner)
    logged.log(browser, file())
    [document] = all_documents()
    for state, words in (
        (FileState.BEING_CHECKED, "En cours de vérification"),
        (FileState.INFECTED, "contenait un virus"),
    ):
        with transaction() as session:
            session.execute(update(StoredFile).values(state=state))
        page = browse(logged.world.coordinator).get(page_of(logged.request)).text
        assert words.lower() in page.lower()
        assert f"/documents/{document.id}" not in links(page)


def test_taken_back_it_waits_for_its_form_again(logged: Logged, browse: Any) -> None:
    browser = browse(logged.world.practitioner)
    logged.log(browser, file())
    assert browser.post(f"{page_of(logged.request)}/annuler").status_code == 302
    assert len(offered(browser.get(logged.path).text)) == 1


def test_they_go_with_its_words(logged: Logged, browse: Any) -> None:
    logged.log(browse(logged.world.practitioner), file())
    with transaction():
        personal.anonymise([logged.request.id])
    assert all_documents() == []
