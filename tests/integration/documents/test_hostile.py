"""What a request takes is asked of the content, whatever its name says."""

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from portal.db import db
from portal.files.models import StoredFile
from tests.builders import PDF
from tests.documents import open_document, photo_of_a_telephone
from tests.documents import pdf as pdf_with
from tests.integration.documents.sending import all_documents, file, form_of, send, send_large
from tests.integration.requests.steps import World, errors_of, the_request

pytestmark = pytest.mark.one_database

HTML = b"<!DOCTYPE html><html><body><script>alert(document.cookie)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb() -> bytes:
    """A document of LibreOffice of some kilobytes that would be of 256 megabytes."""
    made = io.BytesIO(open_document("odt", {}))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Pictures/large.png", "w", force_zip64=True) as part,
    ):
        for _ in range(256):
            part.write(b"\x00" * (1024 * 1024))
    return made.getvalue()


REFUSED = {
    "a page as a PDF": ("budget.pdf", HTML),
    "a page": ("page.html", HTML),
    "a page with two endings": ("budget.pdf.html", HTML),
    "a program with two endings": ("budget.pdf.exe", b"MZ" + b"\x00" * 64),
    "a PDF with the ending of a program": ("budget.pdf.exe", PDF),
    "a drawing with a script": ("dessin.svg", SVG),
    "a drawing as an image": ("dessin.png", SVG),
    "a PDF as an image": ("image.png", PDF),
    "a PDF with a script": ("formulaire.pdf", pdf_with(b"<< /S /JavaScript /JS (app.alert) >>")),
    "macros": ("macros.odt", open_document("odt", {"Basic/Standard/Module1.xml": "<a/>"})),
    "nothing": ("vide.pdf", b""),
    "a photograph nobody can open": ("IMG_1.HEIC", photo_of_a_telephone()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_what_it_says_is_refused(browse, world: World, folder: Path, case: str) -> None:
    name, content = REFUSED[case]
    answer = send(browse(world.coordinator), world, file(name, content))
    assert answer.status_code == 422
    assert name in errors_of(answer, "documents")
    assert all_documents() == []
    assert [one for one in folder.rglob("*") if one.is_file()] == []


def test_a_zip_bomb_is_refused_before_it_is_opened(browse, world: World) -> None:
    answer = send(browse(world.coordinator), world, file("bombe.odt", bomb()))
    assert answer.status_code == 422
    assert all_documents() == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/demandes/devis.pdf", "devis.pdf"),
        ("devis\u202egpj.pdf", "devisgpj.pdf"),
        ("contrat.html.pdf", "contrat.html.pdf"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
        ("<b>devis.pdf", "_b_devis.pdf"),
    ],
)
def test_a_name_holds_no_path_nor_markup(browse, world: World, folder: Path, sent: str, kept: str) -> None:
    assert send(browse(world.coordinator), world, file(sent)).status_code == 302
    [one] = db.session.query(StoredFile)
    assert one.name == kept
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [one.key]


def test_ten_megabytes_each_are_enough_and_the_rest_of_the_form_stays(browse, world: World) -> None:
    large = file("gros.pdf", PDF + b"0" * 10 * 1024 * 1024)
    answer = send_large(browse(world.coordinator), world, large, file())
    assert answer.status_code == 422
    assert "trop lourd" in errors_of(answer, "documents")
    assert len(all_documents()) == 1, "the other one is kept"


def test_several_large_ones_go_together(browse, world: World) -> None:
    large = [PDF + bytes([number]) * 9 * 1024 * 1024 for number in range(3)]
    files = [file(f"{number}.pdf", content) for number, content in enumerate(large)]
    assert send_large(browse(world.coordinator), world, *files).status_code == 302
    assert len(all_documents()) == 3
    assert the_request().submitted_at


def test_what_no_form_needs_is_not_even_read(browse, world: World) -> None:
    """Five documents and a megabyte are as much as a form takes."""
    body, kind = b"0" * (52 * 1024 * 1024), "multipart/form-data; boundary=x"
    pole = browse(world.coordinator)
    assert pole.client.post(form_of(pole, world), data=body, content_type=kind).status_code == 413


def test_too_many_in_a_day_wait_until_tomorrow(
    app: Flask, browse, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from portal.accounts import rules

    monkeypatch.setattr(rules, "DOCUMENTS_SENT", replace(rules.DOCUMENTS_SENT, free=2, most=2))
    pole = browse(world.coordinator)
    files = [file(f"{number}.pdf", PDF + bytes([number])) for number in range(3)]
    answer = send(pole, world, *files)
    assert answer.status_code == 422
    assert "demain" in errors_of(answer, "documents")
    assert len(all_documents()) == 2
