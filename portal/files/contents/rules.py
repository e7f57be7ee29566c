"""What a file must be to be kept: a kind we know, by its name and by its content, under a harmless name.

Content is asked because names lie: a page of HTML called `budget.pdf` would run in the portal's own name.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import puremagic

from portal.files.office import rules as office
from portal.files.rules import FileKind, Flaw, Unfit
from portal.text import one_line

LONGEST_NAME = 120
ENDINGS: Mapping[str, FileKind] = MappingProxyType(
    {
        **{kind.value: kind for kind in FileKind},
        **dict.fromkeys(("jpg", "jpe", "jfif"), FileKind.JPEG),
    }
)
MEDIA_TYPES: Mapping[FileKind, str] = MappingProxyType(
    {
        FileKind.PDF: "application/pdf",
        FileKind.PNG: "image/png",
        FileKind.JPEG: "image/jpeg",
        **office.MEDIA_TYPES,
    }
)
_SIGNED = (FileKind.PDF, FileKind.PNG, FileKind.JPEG)
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # how Office keeps a document under a password
_BEFORE_A_PDF = b"\xef\xbb\xbf \t\r\n\x00"
_OF_TELEPHONES = re.compile(rb"\A.{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL)
_NOT_IN_A_NAME = '<>:"|?*'


def _names(*words: str) -> re.Pattern[bytes]:
    """These names in a PDF, each character as itself or as its number (ISO 32000, 7.3.5)."""
    spelled = (
        b"".join(b"(?:%c|#%02x|#%02X)" % (code, code, code) for code in word.encode()) for word in words
    )
    return re.compile(rb"/(?:" + b"|".join(spelled) + rb")(?=[\s/<>\[\]()%]|\Z)")


# What a PDF can carry, by the names of ISO 32000 that say so: 7.6.1 encryption, 12.6.4 actions, 7.11.4 files.
_IN_PDF = (
    (_names("Encrypt"), Flaw.PROTECTED),
    (
        _names(
            "JavaScript",
            "Launch",
            "Rendition",
            "RichMedia",
            "XFA",
            "OnInstantiate",
            "GoToR",
            "GoToE",
            "ImportData",
        ),
        Flaw.SCRIPT,
    ),
    (_names("EmbeddedFiles", "EmbeddedFile", "FileAttachment"), Flaw.OTHER_FILE),
)
_PACKED = _names("ObjStm")
_STREAM = re.compile(rb">>[\s\x00]*stream(?:\r\n|\n|\r)")
_HIDES_KEYS = re.compile(rb"[()%]")  # a string or a comment, which no program puts there
_FILTER, _FLATE, _PREDICTED = _names("Filter", "F"), _names("FlateDecode", "Fl"), _names("DecodeParms", "DP")
_LONGEST_LIST_OF_KEYS = 2000
_MOST_PACKS = 10_000
_MOST_UNPACKED = 40 * 1024 * 1024  # of a PDF, in all


def clean_name(typed: str) -> str:
    """The name without folders, nor what a name may not hold; its ending is kept when it is cut."""
    last = one_line(unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2])
    kept = "".join("_" if character in _NOT_IN_A_NAME else character for character in last).strip()
    stem, dot, ending = kept.rpartition(".")
    if not dot or not ending.strip():
        return kept.strip(". ")[:LONGEST_NAME] or "document"
    return f"{stem.strip('. ')[: LONGEST_NAME - 1 - len(ending[:10])] or 'document'}.{ending.strip()[:10]}"


def named(name: str, content: bytes) -> tuple[str, FileKind]:
    """The name with the ending of its content, which it may lack, and the kind that both say.

    Raises Unfit: not a kind we keep, another kind than the name says, protected, damaged, or it can carry or fetch a
    program.
    """
    actual = _kind_of(content)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not ending:
        return f"{name[: LONGEST_NAME - 5]}.{actual.value}", actual
    if ENDINGS.get(ending) is not actual:
        raise Unfit(Flaw.OTHER_NAME, actual)
    return name, actual


def _kind_of(content: bytes) -> FileKind:
    if content.startswith(_ZIP):
        return office.kind_of(content)
    if content.startswith(_OLD_OFFICE):
        raise Unfit(Flaw.PROTECTED if _ENCRYPTED_PACKAGE in content else Flaw.OLD_OFFICE)
    media_types = _media_types(content.lstrip(_BEFORE_A_PDF) if b"%PDF-" in content[:1024] else content)
    for kind in _SIGNED:
        if MEDIA_TYPES[kind] in media_types:
            if kind is FileKind.PDF:
                _require_harmless_pdf(content)
            return kind
    if _OF_TELEPHONES.match(content):
        raise Unfit(Flaw.PHONE_PHOTO)
    raise Unfit(
        Flaw.OTHER_IMAGE if any(said.startswith("image/") for said in media_types) else Flaw.OTHER_KIND
    )


def _media_types(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _require_harmless_pdf(content: bytes) -> None:
    """No script, no other file, no password: read as bytes, since each reader repairs a broken file in its own way."""
    for read in (content, *_packed_objects(content)):
        for names, flaw in _IN_PDF:
            if names.search(read):
                raise Unfit(flaw)


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """The objects that a PDF packs together (ISO 32000, 7.5.7): programs that write them use Flate and nothing else."""
    left = _MOST_UNPACKED
    for number, packed in enumerate(_PACKED.finditer(content)):
        if number > _MOST_PACKS:
            raise Unfit(Flaw.TOO_COMPLEX)
        keys, begin = _keys_around(content, packed.start())
        if not _FILTER.search(keys):
            continue
        if not _FLATE.search(keys) or _PREDICTED.search(keys):
            raise Unfit(Flaw.TOO_COMPLEX)
        objects = _unpacked(content[begin:], left)
        left -= len(objects)
        yield objects


def _keys_around(content: bytes, place: int) -> tuple[bytes, int]:
    """The keys of the packed object around a place, and where its content begins."""
    stream = _STREAM.search(content, place, place + _LONGEST_LIST_OF_KEYS)
    start = content.rfind(b"obj", max(0, place - _LONGEST_LIST_OF_KEYS), place)
    keys = content[start : stream.start()] if stream else b""
    if stream is None or start < 0 or _HIDES_KEYS.search(keys):
        raise Unfit(Flaw.TOO_COMPLEX)
    return keys, stream.end()


def _unpacked(packed: bytes, most: int) -> bytes:
    try:
        objects = zlib.decompressobj().decompress(packed, most)
    except zlib.error as error:
        raise Unfit(Flaw.DAMAGED) from error
    if len(objects) == most:
        raise Unfit(Flaw.TOO_COMPLEX)
    return objects
