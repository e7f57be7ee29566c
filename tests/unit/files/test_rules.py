"""What a file must be to be kept."""

import pytest

from portal.files.contents import rules as contents
from portal.files.rules import FileKind


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("statuts.pdf", "statuts.pdf"),
        (r"C:\Users\Lise\statuts.pdf", "statuts.pdf"),
        ("/etc/passwd", "passwd"),
        ("..", "document"),
        ("", "document"),
        (".pdf", "document.pdf"),
        ("statuts.", "statuts"),
        ("  .odt", "document.odt"),
        ('a<b>:"c".pdf', "a_b___c_.pdf"),
        ("été\u202e\r\n 2026.odt", "été 2026.odt"),
        ("e\u0301te\u0301.odt", "été.odt"),
    ],
)
def test_a_name_is_made_harmless(typed: str, kept: str) -> None:
    assert contents.clean_name(typed) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = contents.clean_name("n" * 500 + ".pdf")
    assert len(kept) == contents.LONGEST_NAME
    assert kept.endswith(".pdf")


def test_each_kind_has_its_media_type() -> None:
    assert contents.MEDIA_TYPES.keys() == set(FileKind)
    assert set(contents.ENDINGS.values()) == set(FileKind)
