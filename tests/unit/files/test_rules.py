"""What a file must be to be kept."""

import io
import zipfile

import pytest

from portal.files import rules
from portal.files.kinds import FileKind


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("statuts.pdf", "statuts.pdf"),
        (r"C:\Users\Lise\statuts.pdf", "statuts.pdf"),
        ("/etc/passwd", "passwd"),
        ("..", "document"),
        ("", "document"),
        (".pdf", "pdf"),
        ('a<b>:"c".pdf', "a_b___c_.pdf"),
        ("été\u202e\r\n 2026.odt", "été 2026.odt"),
        ("e\u0301te\u0301.odt", "été.odt"),
    ],
)
def test_a_name_is_made_harmless(typed: str, kept: str) -> None:
    assert rules.clean_name(typed) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = rules.clean_name("n" * 500 + ".pdf")
    assert len(kept) == rules.LONGEST_NAME
    assert kept.endswith(".pdf")


def test_each_kind_has_its_media_type() -> None:
    assert rules.MEDIA_TYPES.keys() == set(FileKind)
    assert set(rules.ENDINGS.values()) == set(FileKind)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n%%EOF", FileKind.PDF),
        ("a.PDF", b"%PDF-1.7\n%%EOF", FileKind.PDF),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 30, FileKind.JPEG),
        ("a.pdf", b"<html>%PDF-1.7", None),
        ("a.jpg", b"%PDF-1.7\n%%EOF", None),
        ("a.txt", b"bonjour", None),
        ("pdf", b"%PDF-1.7\n%%EOF", FileKind.PDF),
        ("a.odt", b"", None),
    ],
)
def test_name_and_content_must_agree(name: str, content: bytes, kind: FileKind | None) -> None:
    assert rules.kind_of(name, content) is kind


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (zipfile.ZIP_STORED, FileKind.ODT),
        (zipfile.ZIP_DEFLATED, FileKind.ODT),
        (zipfile.ZIP_BZIP2, None),
        (zipfile.ZIP_LZMA, None),
    ],
)
def test_what_cannot_be_unpacked_a_little_is_not_unpacked(packed: int, kind: FileKind | None) -> None:
    """A few bytes of those would fill the memory."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", rules.MEDIA_TYPES[FileKind.ODT], compress_type=packed)
    assert rules.kind_of("a.odt", content.getvalue()) is kind


def test_a_list_of_parts_without_end_is_not_read() -> None:
    """All of them fit in a file that may be sent; a long document is still taken."""
    for parts, kind in ((1_000, FileKind.DOCX), (10_001, None)):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("word/document.xml", "")
            for number in range(parts - 1):
                archive.writestr(str(number), "")
        assert rules.kind_of("a.docx", content.getvalue()) is kind
