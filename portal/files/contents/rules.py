"""What a file must be to be kept: a kind we know, by its name and by its content, under a harmless name.

Content is asked because names lie: a page of HTML called `budget.pdf` would run in the portal's own name.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
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


# What a PDF can carry, by the names of ISO 32000 that say so: 7.6.1 encryption, 12.6.4 actions, 7.11.4 files, 13 films.
_IN_PDF = (
    (_names("Encrypt"), Flaw.PROTECTED),
    (
        _names(
            "JavaScript",
            "Launch",
            "Rendition",
            "RichMedia",
            "Movie",
            "Sound",
            "XFA",
            "OnInstantiate",
            "GoToR",
            "GoToE",
            "ImportData",
        ),
        Flaw.SCRIPT,
    ),
    (_names("SubmitForm"), Flaw.REACHES_OUT),
    (_names("EmbeddedFiles", "EmbeddedFile", "FileAttachment"), Flaw.OTHER_FILE),
)
_BY_ITSELF = _names("OpenAction", "AA")
_GOES_TO_THE_WEB = re.compile(_names("S").pattern + rb"[\s\x00]*" + _names("URI").pattern)
_NEXT = re.compile(_names("Next").pattern + rb"\s*\[([^\[\]]*)\]")
_LIST = re.compile(rb"\[[^\[\]]*\]")
_REFERENCE = re.compile(rb"(\d+)[\s\x00]+\d+[\s\x00]+R(?![a-zA-Z])")
_OBJECT = re.compile(rb"(?<!\d)(\d+)[\s\x00]+\d+[\s\x00]+obj(?![a-zA-Z])")
_PAIR = re.compile(rb"(\d+)\s+(\d+)")
_BLANKS = re.compile(rb"(?:[\s\x00]|%[^\r\n]*)*")
_PLAIN = rb"[^()\\]|\\."
_PART = re.compile(rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\)|%[^\r\n]*|<<|>>|[()]", re.DOTALL)
_INNER = re.compile(rb"<<(?:(?!<<|>>).)*>>", re.DOTALL)
_ELSEWHERE = re.compile(_names("F").pattern + rb"\s*[(<{\d]")
_PACKED = _names("ObjStm")
_FIRST = re.compile(_names("First").pattern + rb"\s*(\d{1,9})")
_STREAM = re.compile(rb">>[\s\x00]*stream(?:\r\n|\n|\r)")
_HIDES_KEYS = re.compile(rb"[()%]")  # a string or a comment, which no program puts there
_FILTER, _FLATE, _PREDICTED = _names("Filter", "F"), _names("FlateDecode", "Fl"), _names("DecodeParms", "DP")
_LONGEST_LIST_OF_KEYS = 2000
_LONGEST_DICTIONARY = 200_000
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
        Flaw.OTHER_IMAGE
        if any(media_type.startswith("image/") for media_type in media_types)
        else Flaw.OTHER_KIND
    )


def _media_types(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _require_harmless_pdf(content: bytes) -> None:
    """No script, no other file, no password, nothing that leaves by itself.

    Read as bytes, since each reader repairs a broken file in its own way.
    """
    packs = list(_packed_objects(content))
    for read in (content, *(objects for _, objects in packs)):
        for names, flaw in _IN_PDF:
            if names.search(read):
                raise Unfit(flaw)
    if _goes_out_by_itself(content, packs) or _has_a_part_elsewhere(content):
        raise Unfit(Flaw.REACHES_OUT)


def _goes_out_by_itself(content: bytes, packs: Sequence[tuple[bytes, bytes]]) -> bool:
    """Does opening, leaving or moving over something open a web address (ISO 32000, 12.6.3)? Links wait for a click."""
    reads = (content, *(objects for _, objects in packs))
    left = [_at(read, match.end()) for read in reads for match in _BY_ITSELF.finditer(read)]
    places = _places(content, packs) if left else {}
    done: set[bytes] = set()
    while left:
        action = left.pop()
        if _GOES_TO_THE_WEB.search(action):
            return True
        followed = _LIST.sub(b" ", action) + b" ".join(_NEXT.findall(action))
        for reference in {match[1] for match in _REFERENCE.finditer(followed)} - done:
            done.add(reference)
            left += [_at(read, place) for read, place in places.get(int(reference), ())]
    return False


def _places(content: bytes, packs: Sequence[tuple[bytes, bytes]]) -> dict[int, list[tuple[bytes, int]]]:
    """Where the objects of a PDF begin, by their numbers, as often as they are there."""
    places: dict[int, list[tuple[bytes, int]]] = {}
    for match in _OBJECT.finditer(content):
        places.setdefault(int(match[1]), []).append((content, match.end()))
    for head, objects in packs:
        for number, place in _PAIR.findall(head):
            places.setdefault(int(number), []).append((objects, int(place)))
    return places


def _at(read: bytes, place: int) -> bytes:
    """The dictionary or the reference at this place, without the words in it; empty where it is neither."""
    begin = _BLANKS.match(read, place)
    place = begin.end() if begin else place
    if reference := _REFERENCE.match(read, place):
        return reference[0]
    if not read.startswith(b"<<", place):
        return b""
    depth, values, last = 0, [], place
    for part in _PART.finditer(read, place, place + _LONGEST_DICTIONARY):
        depth += {b"<<": 1, b">>": -1}.get(part[0], 0)
        if part[0] in {b"(", b")"}:
            break
        if part[0][:1] in {b"(", b"%"}:
            values.append(read[last : part.start()])
            last = part.end()
        if not depth:
            return b" ".join((*values, read[last : part.end()]))
    raise Unfit(Flaw.TOO_COMPLEX)


def _has_a_part_elsewhere(content: bytes) -> bool:
    """Is the content of an object in another file, or at a web address (ISO 32000, 7.3.8.2)?"""
    for stream in _STREAM.finditer(content):
        keys = content[max(0, stream.start() - _LONGEST_LIST_OF_KEYS) : stream.start()]
        keys = keys[keys.rfind(b"obj") + 3 :].lstrip().removeprefix(b"<<")
        while keys != (outer := _INNER.sub(b"{}", keys)):
            keys = outer
        if _ELSEWHERE.search(keys):
            return True
    return False


def _packed_objects(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The objects that a PDF packs together (ISO 32000, 7.5.7), after their numbers and places.

    Programs that write them use Flate and nothing else.
    """
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
        first = _FIRST.search(keys)
        head = int(first[1]) if first else 0
        yield objects[:head], objects[head:]


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
