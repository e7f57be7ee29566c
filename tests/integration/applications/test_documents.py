"""Documents: what they are is asked of their content, and they are saved, never shown as pages."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import DOCUMENTS_ADDED
from portal.applications.models import ApplicationDocument
from portal.applications.steps import State
from portal.db import db
from portal.files.models import StoredFile
from portal.files.storage import service as storage
from tests.builders import Builder
from tests.documents import open_document, pdf, photo_of_a_telephone
from tests.integration.applications import steps

pytestmark = pytest.mark.one_database

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
HTML = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zipped(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


@pytest.fixture
def path(make: Builder) -> str:
    return f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}"


def stored() -> list[StoredFile]:
    return list(db.session.scalars(select(StoredFile)))


@pytest.mark.parametrize(("name", "content"), [("Statuts signés.PDF", steps.PDF), ("logo.png", PNG)])
def test_a_document_is_kept_and_saved_as_it_was(browse, path: str, name: str, content: bytes) -> None:
    visitor = browse(None)
    assert steps.upload(visitor, path, name, content).status_code == 302
    assert name in visitor.get(f"{path}/documents").text
    [one] = stored()
    number = db.session.scalar(select(ApplicationDocument.id))
    with visitor.get(f"{path}/documents/{number}") as answer:
        assert answer.data == content
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.mimetype == one.media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("budget.pdf", HTML),
        ("budget.pdf", b""),
        ("dessin.svg", SVG),
        ("dessin.png", SVG),
        ("page.html", HTML),
        ("image.png", steps.PDF),
        ("note.docx", zipped(a="b")),
        ("note.odt", zipped(mimetype="application/zip")),
        ("note.docx", b"PK\x03\x04 not really a zip"),
        ("macros.docx", zipped(word__document_dot_xml="x", word__vbaProject_dot_bin="x")),
        ("macros.docm", zipped(word__document_dot_xml="x")),
        ("programme.exe", b"MZ" + b"\x00" * 64),
    ],
)
def test_what_is_not_what_it_says_is_refused(browse, path: str, name: str, content: bytes) -> None:
    response = steps.upload(browse(None), path, name, content)
    assert response.status_code == 422
    assert "field-error" in response.text
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("IMG_0412.HEIC", photo_of_a_telephone(), "HEIC"),
        ("statuts.pdf", pdf(b"<< /Encrypt 4 0 R >>"), "mot de passe"),
        ("statuts.docx", pdf(), ".pdf"),
        ("macros.odt", open_document("odt", {"Basic/Standard/Module1.xml": "<a/>"}), "macros"),
    ],
)
def test_why_a_file_is_not_taken_is_said(browse, path: str, name: str, content: bytes, said: str) -> None:
    response = steps.upload(browse(None), path, name, content)
    assert response.status_code == 422
    assert said in response.text
    assert stored() == []


def test_a_name_without_ending_gets_one(browse, path: str) -> None:
    assert steps.upload(browse(None), path, "statuts", steps.PDF).status_code == 302
    assert [one.name for one in stored()] == ["statuts.pdf"]


def test_the_limit_that_is_said_is_the_one_that_holds(
    app: Flask, browse, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LARGEST_FILE", 3 * 1024 * 1024)
    assert "3\xa0Mo" in browse(None).get(f"{path}/documents").text


def test_too_large_a_file_is_refused(app: Flask, browse, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.config["LARGEST_FILE"] == 10 * 1024 * 1024
    monkeypatch.setitem(app.config, "LARGEST_FILE", 1000)
    response = steps.upload(browse(None), path, "gros.pdf", steps.PDF + b"0" * 1000)
    assert response.status_code == 422
    assert "trop lourd" in response.text
    assert stored() == []


@pytest.mark.parametrize(("door", "megabytes"), [("documents", 11), ("partie/projet", 3)])
def test_what_no_form_needs_is_not_even_read(browse, path: str, door: str, megabytes: int) -> None:
    body, kind = b"0" * (megabytes * 1024 * 1024), "multipart/form-data; boundary=x"
    assert browse(None).client.post(f"{path}/{door}", data=body, content_type=kind).status_code == 413


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
    ],
)
def test_a_name_holds_no_path(browse, path: str, sent: str, kept: str) -> None:
    steps.upload(browse(None), path, sent, steps.PDF)
    names = [one.name for one in stored()]
    assert names in ([kept], []), "kept harmless, or refused"
    for one in stored():
        assert storage.place().path(one.key).is_file()
        assert one.key not in sent


def test_a_few_documents_are_enough(browse, path: str) -> None:
    visitor = browse(None)
    for number in range(5):
        assert steps.upload(visitor, path, f"{number}.pdf", steps.PDF).status_code == 302
    assert steps.upload(visitor, path, "6.pdf", steps.PDF).status_code == 422
    assert len(stored()) == 5


def test_nothing_chosen_is_said(browse, path: str) -> None:
    assert browse(None).post(f"{path}/documents", {}).status_code == 422


def test_adding_and_removing_for_ever_does_not_fill_the_disk(browse, path: str) -> None:
    visitor = browse(None)
    for _ in range(DOCUMENTS_ADDED.most):
        assert steps.upload(visitor, path, "logo.png", PNG).status_code == 302
        number = db.session.scalar(select(ApplicationDocument.id))
        assert visitor.post(f"{path}/documents/{number}/retirer").status_code == 302
    refused = steps.upload(visitor, path, "logo.png", PNG)
    assert refused.status_code == 422
    assert "demain" in refused.text
    assert not stored()
