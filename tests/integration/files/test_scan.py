"""With a scanner, nobody gets a file before it was looked at; what is infected goes, and who sent it is told."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.applications.models import ApplicationDocument
from portal.applications.steps import State
from portal.db import db, transaction
from portal.files import jobs, queries
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.files.storage import service as storage
from portal.notifications.models import OutboxEmail
from portal.notifications.worker.service import Stop, Worker
from portal.requests.documents.rules import REQUEST
from tests.browser import Browser
from tests.builders import PDF, Builder
from tests.integration.applications import steps
from tests.integration.documents.sending import all_documents, file, form_of, links, offered, saved, send
from tests.integration.operations.test_start import free_port
from tests.integration.requests.steps import World, build_world, page_of, the_request
from tests.jobs import JOBS, do, walk
from tests.scanner import VIRUS, Scanner, scanner

JOB = "check files for viruses"


@pytest.fixture
def clamd(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scanner]:
    with scanner() as found:
        monkeypatch.setitem(app.config, "CLAMD_HOST", found.address)
        monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0.0)
        yield found


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    usual, app.config["FILES_FOLDER"] = app.config["FILES_FOLDER"], str(tmp_path)
    yield tmp_path
    app.config["FILES_FOLDER"] = usual


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


def away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "CLAMD_HOST", f"127.0.0.1:{free_port()}")


def states() -> list[FileState]:
    statement = db.select(StoredFile).order_by(StoredFile.id).execution_options(populate_existing=True)
    return [one.state for one in db.session.scalars(statement)]


def written(kind: str) -> list[OutboxEmail]:
    return list(db.session.scalars(db.select(OutboxEmail).where(OutboxEmail.kind == kind)))


def test_nobody_gets_a_document_before_it_was_looked_at(browse, world: World, clamd: Scanner) -> None:
    pole = browse(world.coordinator)
    assert send(pole, world, file()).status_code == 302
    assert states() == [FileState.BEING_CHECKED]
    path = f"/documents/{all_documents()[0].id}"
    for who in ("coordinator", "cell", "national"):
        reader = browse(getattr(world, who))
        page = reader.get(page_of(the_request())).text
        assert "En cours de vérification" in page
        assert links(page) == []
        assert reader.get(path).status_code == 409
    assert do(JOB) == 1
    assert clamd.looked_at == [PDF]
    assert saved(browse(world.cell), path) == PDF
    assert links(pole.get(page_of(the_request())).text) == [path]


def test_what_is_infected_goes_and_who_sent_it_is_told(
    browse, world: World, clamd: Scanner, folder: Path
) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file(), file("facture.pdf", VIRUS))
    assert do(JOB) == 2
    assert states() == [FileState.READY, FileState.INFECTED]
    page = pole.get(page_of(the_request())).text
    assert "il contenait un virus" in page
    assert "facture.pdf" in page
    good, bad = all_documents()
    assert links(page) == [f"/documents/{good.id}"]
    assert pole.get(f"/documents/{bad.id}").status_code == 404
    assert [one.read_bytes() for one in folder.rglob("*") if one.is_file()] == [PDF]
    [told] = written("documents/infected")
    assert told.recipient == world.coordinator.person.email
    assert "facture.pdf" in told.text
    assert the_request().reference in told.text
    assert do(JOB) == 0
    assert len(written("documents/infected")) == 1


def test_what_is_infected_is_not_offered_again(browse, world: World, clamd: Scanner) -> None:
    pole = browse(world.coordinator)
    answer = send(pole, world, file("facture.pdf", VIRUS), damaged=True)
    kept = offered(answer.text)
    assert len(kept) == 1
    do(JOB)
    assert offered(pole.get(form_of(pole, world)).text) == []
    assert send(pole, world, kept_document_ids=kept).status_code == 422
    [told] = written("documents/infected")
    assert "facture.pdf" in told.text


def test_an_applicant_is_told_by_the_mailed_link(browse, make: Builder, clamd: Scanner) -> None:
    application = make.raw_application(State.DRAFT)
    path, visitor = f"/candidater/suivi/{make.link(application)}", browse(None)
    assert steps.upload(visitor, path, "statuts.pdf", VIRUS).status_code == 302
    assert "En cours de vérification" in visitor.get(f"{path}/documents").text
    number = db.session.scalar(db.select(ApplicationDocument.id))
    assert visitor.get(f"{path}/documents/{number}").status_code == 409
    assert do(JOB) == 1
    assert "il contenait un virus" in visitor.get(f"{path}/documents").text
    assert visitor.get(f"{path}/documents/{number}").status_code == 404
    [told] = written("applications/infected")
    assert told.recipient == application.email
    assert told.confidential
    [link] = re.findall(r"/candidater/suivi/[\w-]{20,}", told.text)
    assert browse(None).get(link).status_code == 200


def test_a_scanner_that_is_away_leaves_everything_being_checked(
    app: Flask, browse, world: World, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browse(world.coordinator), world, file())
    address = clamd.address
    away(app, monkeypatch)
    assert do(JOB) == 0
    assert states() == [FileState.BEING_CHECKED]
    health = browse(None).get("/health").json
    assert "scanner" in health["warnings"]
    assert health["ready"]
    assert health["scanner"] == {"answers": False, "waiting": 1}
    monkeypatch.setitem(app.config, "CLAMD_HOST", address)
    assert do(JOB) == 1
    assert states() == [FileState.READY]
    health = browse(None).get("/health").json
    assert "scanner" not in health["warnings"]
    assert health["scanner"] == {"answers": True, "waiting": 0}


@pytest.mark.parametrize(
    "said", [b"stream: Can't allocate memory ERROR\n", b"\n", b"gibberish\n", b"\xff\xfe\n"]
)
def test_what_it_cannot_look_at_waits_and_holds_nothing_up(
    make: Builder, database, clamd: Scanner, said: bytes
) -> None:
    make.document(state=FileState.BEING_CHECKED)
    clamd.broken = said
    assert do(JOB) == 0
    assert states() == [FileState.BEING_CHECKED]
    clamd.broken = None
    assert do(JOB) == 1


def test_one_that_is_too_large_for_it_does_not_hold_up_the_others(make: Builder, clamd: Scanner) -> None:
    clamd.largest = 100_000
    make.document(state=FileState.BEING_CHECKED, content=PDF + b"0" * 1_000_000)
    make.document(state=FileState.BEING_CHECKED)
    assert do(JOB) == 1
    assert states() == [FileState.BEING_CHECKED, FileState.READY]


def test_one_that_waits_too_long_is_said(browse, make: Builder, clamd: Scanner) -> None:
    make.document(state=FileState.BEING_CHECKED)
    assert "scanner" not in browse(None).get("/health").json["warnings"]
    with transaction() as session:
        session.execute(db.update(StoredFile).values(created_at=clock.now() - 2 * queries.LONGEST_CHECK))
    assert "scanner" in browse(None).get("/health").json["warnings"]


def test_a_content_that_is_gone_holds_nothing_up(make: Builder, clamd: Scanner) -> None:
    lost = make.document(state=FileState.BEING_CHECKED)
    storage.place().remove(lost.file.key)
    make.document(state=FileState.BEING_CHECKED)
    assert do(JOB) == 1
    assert states() == [FileState.BEING_CHECKED, FileState.READY]


def test_without_a_scanner_files_are_ready_at_once_and_those_that_waited_are_let_go(
    app: Flask, browse, make: Builder, world: World, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who takes it away decides so."""
    make.document(state=FileState.BEING_CHECKED)
    monkeypatch.setitem(app.config, "CLAMD_HOST", "")
    send(browse(world.coordinator), world, file())
    assert states() == [FileState.BEING_CHECKED, FileState.READY]
    assert do(JOB) == 1
    assert states() == [FileState.READY, FileState.READY]
    assert "scanner" not in browse(None).get("/health").json


def test_the_worker_looks_at_each_round_not_once_a_day(make: Builder, clamd: Scanner) -> None:
    worker = Worker([JOBS[JOB]], Stop())
    for _ in range(2):
        make.document(REQUEST, 1, state=FileState.BEING_CHECKED)
        worker.step()
        assert set(states()) == {FileState.READY}
    worker.close()


def test_two_workers_tell_once(make: Builder, clamd: Scanner) -> None:
    make.document(state=FileState.BEING_CHECKED, content=VIRUS)
    [number] = JOBS[JOB].due(0, 10)
    assert JOBS[JOB].do([number]) == 1
    assert JOBS[JOB].do([number]) == 0
    assert len(written("documents/infected")) == 1


def test_the_settings_are_tried(
    app: Flask, database, clamd: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> str:
        return app.test_cli_runner().invoke(args=["check-settings"]).output

    assert "Virus scanner               answers: ClamAV 1.4.3" in run()
    away(app, monkeypatch)
    assert "Virus scanner               FAILED: the scanner does not answer" in run()
    monkeypatch.setitem(app.config, "CLAMD_HOST", "")
    assert "Virus scanner               none" in run()


def test_walking_all_of_it_fails_for_nothing(make: Builder, clamd: Scanner) -> None:
    for content in (PDF, VIRUS, PDF):
        make.document(state=FileState.BEING_CHECKED, content=content)
    assert walk(JOBS[JOB]).done == 3


def test_a_browser_that_asks_too_early_reads_why(
    browse: Callable[[Any], Browser], world: World, clamd
) -> None:
    pole = browse(world.coordinator)
    send(pole, world, file())
    answer = pole.get(f"/documents/{all_documents()[0].id}")
    assert "en cours de vérification" in answer.text
