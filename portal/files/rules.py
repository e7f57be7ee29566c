"""What a file must be to be kept: a kind we know, by its name and by its content, under a harmless name.

Content is asked because names lie: a page of HTML called `budget.pdf` would run in the portal's own name.
"""

import io
import unicodedata
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

import puremagic

from portal.files.kinds import FileKind
from portal.text import one_line

LONGEST_NAME = 120
ENDINGS: Mapping[str, FileKind] = MappingProxyType(
    {**{kind.value: kind for kind in FileKind}, "jpg": FileKind.JPEG}
)
MEDIA_TYPES: Mapping[FileKind, str] = MappingProxyType(
    {
        FileKind.PDF: "application/pdf",
        FileKind.ODT: "application/vnd.oasis.opendocument.text",
        FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
        FileKind.ODP: "application/vnd.oasis.opendocument.presentation",
        FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        FileKind.PNG: "image/png",
        FileKind.JPEG: "image/jpeg",
    }
)
_OPEN_DOCUMENTS = frozenset({FileKind.ODT, FileKind.ODS, FileKind.ODP})
_MAIN_PARTS = {
    FileKind.DOCX: "word/document.xml",
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.PPTX: "ppt/presentation.xml",
}
_MACROS = "vbaproject.bin"
_PART = b"PK\x01\x02"
_MOST_PARTS = 10_000
"""A list of parts may be all there is: reading 200,000 takes seconds and 200 MB. Long documents have hundreds."""
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways to pack of which a little can be read; others unpack megabytes for a few bytes."""


def clean_name(typed: str) -> str:
    """The name without folders, nor what a name may not hold; its ending is kept when it is cut."""
    last = one_line(unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2])
    kept = "".join("_" if character in '<>:"|?*' else character for character in last).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME] or "document"
    return f"{stem.strip()[: LONGEST_NAME - len(ending) - 1] or 'document'}.{ending[:10]}"


def kind_of(name: str, content: bytes) -> FileKind | None:
    """The kind that both the name and the content say; None where they say another thing, or nothing we keep."""
    kind = ENDINGS.get(name.rpartition(".")[2].lower())
    if kind is None:
        return None
    if kind in _OPEN_DOCUMENTS or kind in _MAIN_PARTS:
        return kind if _is_office_document(kind, content) else None
    return kind if MEDIA_TYPES[kind] in _media_types(content) else None


def _media_types(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_office_document(kind: FileKind, content: bytes) -> bool:
    """A ZIP that says in itself which document it is, and holds no program."""
    if content.count(_PART) > _MOST_PARTS:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
            if any(name.rpartition("/")[2] == _MACROS for name in names):
                return False
            if kind in _OPEN_DOCUMENTS:
                if archive.getinfo("mimetype").compress_type not in _BOUNDED:
                    return False
                with archive.open("mimetype") as said:
                    return said.read(100).decode("ascii", "replace").strip() == MEDIA_TYPES[kind]
            return _MAIN_PARTS[kind] in names
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return False
