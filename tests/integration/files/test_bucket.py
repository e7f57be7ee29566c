"""A bucket does what a folder does, and the pages do not know which one it is."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.applications.models import ApplicationDocument
from portal.applications.steps import State
from portal.db import db, transaction
from portal.files import service
from portal.files.models import StoredFile
from portal.files.storage import service as storage
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.applications import steps
from tests.integration.operations.test_start import free_port
from tests.jobs import do
from tests.store import NAME, client, names, store

pytestmark = pytest.mark.one_database
PDF = steps.PDF
KEYS = [letter * 48 for letter in "abc"]


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, str]]:
    with store() as setting:
        yield setting


@pytest.fixture
def bucket(
    app: Flask, database: None, running: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    monkeypatch.setitem(app.config, "FILES_S3", running)
    monkeypatch.delitem(app.extensions, "portal-files-client", raising=False)
    yield running
    app.extensions.pop("portal-files-client", None)
    for name in names(running):
        client(running).delete_object(Bucket=NAME, Key=name)


@pytest.fixture
def away(app: Flask, bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The store goes away."""

    def leave() -> None:
        nobody = {**bucket, "endpoint": f"http://127.0.0.1:{free_port()}"}
        monkeypatch.setitem(app.config, "FILES_S3", nobody)
        app.extensions.pop("portal-files-client", None)

    return leave


@pytest.fixture
def path(make: Builder) -> str:
    return f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}"


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Iterator[object]:
    usual, app.config["FILES_FOLDER"] = app.config["FILES_FOLDER"], str(tmp_path)
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    with app.app_context():
        yield storage.place()
    app.config["FILES_FOLDER"] = usual


def read(place: object, key: str) -> bytes | None:
    if (found := place.opened(key)) is None:
        return None
    try:
        return found.read()
    finally:
        found.close()


def test_what_is_written_is_read_until_it_is_removed(place) -> None:
    assert read(place, KEYS[0]) is None
    place.write(KEYS[0], PDF)
    place.write(KEYS[0], PDF + b"again")
    assert read(place, KEYS[0]) == PDF + b"again"
    place.remove(KEYS[0])
    place.remove(KEYS[0])
    assert read(place, KEYS[0]) is None


def test_what_was_written_is_listed_in_order_from_one_on(place) -> None:
    for key in reversed(KEYS):
        place.write(key, b"x")
    later, before = clock.now() + timedelta(hours=1), clock.now() - timedelta(hours=1)
    assert list(place.written_before(later, "")) == KEYS
    assert list(place.written_before(later, KEYS[0])) == KEYS[1:]
    assert list(place.written_before(before, "")) == []


def test_it_says_that_it_is_well(place) -> None:
    assert place.is_well()


def keep() -> StoredFile:
    with service.received("document", "statuts.pdf", io.BytesIO(PDF)) as stored, transaction() as session:
        session.add(stored)
    return stored


def test_the_purge_removes_what_no_row_names_and_nothing_beside_the_documents(
    bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_BEING_WRITTEN", timedelta(seconds=-10))
    kept = keep()
    storage.place().write(KEYS[0], b"left by a crash")
    client(bucket).put_object(Bucket=NAME, Key="backups/portal.dump", Body=b"somebody else's")
    assert do("remove orphaned files") == 1
    assert names(bucket) == ["backups/portal.dump", f"documents/{kept.key}"]


def test_a_failed_transaction_leaves_nothing(bucket) -> None:
    with (
        pytest.raises(RuntimeError),
        service.received("document", "statuts.pdf", io.BytesIO(PDF)),
        transaction(),
    ):
        raise RuntimeError
    assert names(bucket) == []


def test_a_document_is_kept_in_the_bucket_and_saved_as_it_was(
    browse: Callable[[None], Browser], path: str, bucket
) -> None:
    visitor = browse(None)
    assert steps.upload(visitor, path, "statuts.pdf", PDF).status_code == 302
    [one] = db.session.scalars(select(StoredFile))
    assert names(bucket) == [f"documents/{one.key}"]
    with visitor.get(f"{path}/documents/{db.session.scalar(select(ApplicationDocument.id))}") as answer:
        assert answer.data == PDF
        assert answer.headers["Content-Length"] == str(len(PDF))
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_store_that_is_away_refuses_with_a_sentence_and_serves_later(
    browse: Callable[[None], Browser], path: str, away
) -> None:
    visitor = browse(None)
    assert steps.upload(visitor, path, "statuts.pdf", PDF).status_code == 302
    number = db.session.scalar(select(ApplicationDocument.id))
    away()
    refused = steps.upload(visitor, path, "apres.pdf", PDF)
    assert refused.status_code == 422
    assert "ne peut pas garder de document" in refused.text
    assert visitor.get(f"{path}/documents/{number}").status_code == 503
    assert len(db.session.scalars(select(StoredFile)).all()) == 1


def test_a_store_that_is_away_is_said_without_its_secret(app: Flask, browse, away) -> None:
    away()
    assert "files" in browse(None).get("/health").json["warnings"]
    result = app.test_cli_runner().invoke(args=["check-settings"])
    assert "Documents                   FAILED: the store of documents" in result.output
    assert "hush-hush" not in result.output


def test_a_bucket_has_no_disk_to_watch(browse, bucket) -> None:
    assert browse(None).get("/health").json["files"] == {"writable": True, "free_megabytes": None}
