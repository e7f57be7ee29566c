"""What an office document is, and whether it carries a program or fetches one from outside.

Both families are ZIP archives that say in themselves what they are: OpenDocument in `mimetype`, Office Open XML in the
relationships that its programs follow (ECMA-376 part 2). Names of parts prove nothing: Word for the web calls its main
part `document2.xml`, and a macro may be called anything. What is read is bounded, whatever the archive says.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote
from xml.parsers import expat

from portal.files.rules import FileKind, Flaw, Unfit

MEDIA_TYPES: Mapping[FileKind, str] = MappingProxyType(
    {
        FileKind.ODT: "application/vnd.oasis.opendocument.text",
        FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
        FileKind.ODP: "application/vnd.oasis.opendocument.presentation",
        FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)
_KIND_OF_MEDIA = {media: kind for kind, media in MEDIA_TYPES.items()}
_PART = b"PK\x01\x02"
_MOST_PARTS = 10_000
"""A list of parts may be all there is: reading 200,000 takes seconds and 200 MB. Long documents have hundreds."""
_MOST_READ = 40 * 1024 * 1024  # unpacked, of the parts that can say something: some seconds of reading
_MOST_INSIDE = 200 * 1024 * 1024  # unpacked, of all parts, as they say: what opening it takes from its reader
_MOST_NESTED = 20 * 1024 * 1024
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways to pack of which a little can be read; others unpack megabytes for a few bytes."""
_ENCRYPTED = 0x1
_TYPES = "[content_types].xml"

# Relationships by the last word of their type, in lower case.
_MAIN = "officedocument"
_CARRIED: Mapping[str, Flaw] = MappingProxyType(
    {
        "vbaproject": Flaw.MACROS,
        "wordvbadata": Flaw.MACROS,
        "xlmacrosheet": Flaw.MACROS,
        "xlintlmacrosheet": Flaw.MACROS,
        "control": Flaw.MACROS,
        "activexcontrolbinary": Flaw.MACROS,
        "oleobject": Flaw.OTHER_FILE,
        "afchunk": Flaw.OTHER_FILE,
    }
)
_SEEN_OR_HEARD = frozenset({"image", "audio", "video", "media"})
_TEMPLATE = "attachedtemplate"
_DATA_OF_OTHER_TABLES = ("externallink", "xl")
_PLAIN = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(?!\?xml)|(\xef\xbb\xbf)?<\?xml [^>]*encoding=[\"']utf-8[\"'][^>]*>", re.I
)
_TELLING = tuple(
    b"Relationship Override Default instrText fldSimple ddeLink oleLink hlink script event-listener applet object dde"
    b" floating-frame section-source template auto-reload source-code encryption-data action href <!".split()
)
_MAY_ACT = ("word/", "ppt/", "xl/externallinks/")
_DRIVE = re.compile(r"[a-z]:", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)

# Elements of OpenDocument, with the prefix that ends their namespace.
_PROGRAMS: Mapping[str, Flaw] = MappingProxyType(
    {
        "script:event-listener": Flaw.MACROS,
        "source-code": Flaw.MACROS,
        "text:script": Flaw.MACROS,
        "drawing:applet": Flaw.MACROS,
        "drawing:object-ole": Flaw.OTHER_FILE,
        "office:dde-source": Flaw.FROM_OUTSIDE,
        "text:dde-connection-decl": Flaw.FROM_OUTSIDE,
        "table:dde-link": Flaw.FROM_OUTSIDE,
    }
)
_FETCHED = frozenset(
    {"drawing:object", "drawing:floating-frame", "text:section-source", "meta:template", "meta:auto-reload"}
)
_LINKS = frozenset({"text:a", "drawing:a"})
_STARTS_A_PROGRAM = ("vnd.sun.star.script:", "macro:", "script:", "slot:", ".uno:", "javascript:")
_LISTS_OF_MODULES = frozenset({"script-lb.xml", "script-lc.xml", "dialog-lb.xml", "dialog-lc.xml"})
_SHARED_PICTURE = r'(?:INCLUDEPICTURE|IMPORT)\s+"?\s*(?:file:/*)?(?:\\\\|//)'
_FIELD = re.compile(rf"\s*(?:(?:DDEAUTO|DDE|LINK|INCLUDETEXT)\b|{_SHARED_PICTURE})", re.I)
_RUNS_ON_CLICK = ("ppaction://program", "ppaction://macro", "ppaction://ole")


def kind_of(content: bytes) -> FileKind:
    """The kind of this document.

    Raises Unfit: it is none, it cannot be read, it is protected, it carries a program or fetches one.
    """
    return _kind_of(content, nested=False)


def _kind_of(content: bytes, *, nested: bool) -> FileKind:
    if content.count(_PART) > _MOST_PARTS:
        raise Unfit(Flaw.TOO_COMPLEX)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_INSIDE:
                raise Unfit(Flaw.TOO_COMPLEX)
            document = _Document(archive)
            if document.holds("mimetype"):
                if document.holds(_TYPES):
                    raise Unfit(Flaw.DAMAGED)  # two documents in one: each program opens the one it likes
                return _open_document(document)
            return _office_open_xml(document, nested=nested)
    except (
        zipfile.BadZipFile,
        KeyError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        EOFError,
    ) as error:
        raise Unfit(Flaw.DAMAGED) from error
    except expat.ExpatError as error:
        raise Unfit(Flaw.DAMAGED) from error


class _Document:
    """The parts of an archive, read a little at a time and never more than `_MOST_READ` in all."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = _MOST_READ
        parts = [part for part in archive.infolist() if not part.is_dir()]
        self.parts = {part.filename.lower().lstrip("/"): part for part in parts}
        if len(self.parts) < len(parts):
            raise Unfit(Flaw.DAMAGED)  # of two parts of one name, each program reads the one it likes

    def holds(self, name: str) -> bool:
        return name in self.parts

    def whole(self, name: str, most: int) -> bytes:
        part = self.parts[name]
        if part.flag_bits & _ENCRYPTED:
            raise Unfit(Flaw.PROTECTED)
        if part.compress_type not in _BOUNDED:
            raise Unfit(Flaw.DAMAGED)
        most = min(most, self._left)
        with self._archive.open(part) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise Unfit(Flaw.TOO_COMPLEX)
        self._left -= len(content)
        return content

    def look(
        self, name: str, see: Callable[[str, Mapping[str, str]], None], read: Callable[[str], None]
    ) -> None:
        """Show each element of a part, as `prefix:name` with its attributes by local name, and each text.

        The prefix is the word before the version in the namespace of OpenDocument, nothing elsewhere. Parts without
        a name that could matter are not parsed: a long text takes a thousand times less.
        """
        content = self.whole(name, _MOST_READ)
        if _PLAIN.match(content) and b"\x00" not in content and not any(word in content for word in _TELLING):
            return
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True

        def start(tag: str, attributes: dict[str, str]) -> None:
            see(_prefixed(tag), {key.rpartition(" ")[2]: value for key, value in attributes.items()})

        def refuse_entity(*_: object) -> None:
            raise Unfit(Flaw.DAMAGED)

        parser.StartElementHandler, parser.CharacterDataHandler = start, read
        parser.EntityDeclHandler = refuse_entity
        parser.Parse(content, True)  # noqa: FBT003 (its own signature)


def _prefixed(tag: str) -> str:
    namespace, _, local = tag.rpartition(" ")
    words = namespace.split(":")
    return f"{words[-2]}:{local}" if namespace.startswith("urn:oasis:names:tc:opendocument") else local


def _open_document(document: _Document) -> FileKind:
    media_type = document.whole("mimetype", 200).decode("ascii", "replace").strip()
    kind = _KIND_OF_MEDIA.get(media_type)
    if kind is None or kind.value[0] != "o":
        raise Unfit(Flaw.OTHER_KIND)
    for name in document.parts:
        _require_no_module(PurePosixPath(name))
        if name == "meta-inf/manifest.xml" or PurePosixPath(name).name in {
            "content.xml",
            "styles.xml",
            "meta.xml",
        }:
            document.look(name, _require_harmless, _ignore)
    return kind


def _require_no_module(path: PurePosixPath) -> None:
    folder = path.parts[0]
    if folder in {"scripts", "dialogs"} or (folder == "basic" and path.name not in _LISTS_OF_MODULES):
        raise Unfit(Flaw.MACROS)


def _require_harmless(tag: str, attributes: Mapping[str, str]) -> None:
    if tag == "manifest:encryption-data":
        raise Unfit(Flaw.PROTECTED)
    if flaw := _PROGRAMS.get(tag):
        raise Unfit(flaw)
    if tag == "presentation:event-listener" and attributes.get("action") in {"execute", "verb"}:
        raise Unfit(Flaw.MACROS)
    if tag == "office:script" and attributes.get("language", "").lower() != "ooo:basic":
        raise Unfit(
            Flaw.MACROS
        )  # an empty library of Basic is what LibreOffice writes; its modules have source code
    target = attributes.get("href", "")
    if target.strip().lower().startswith(_STARTS_A_PROGRAM):
        raise Unfit(Flaw.MACROS)
    if (tag in _FETCHED and not _is_local(target)) or (tag not in _LINKS and _is_shared(target)):
        raise Unfit(Flaw.FROM_OUTSIDE)


def _office_open_xml(document: _Document, *, nested: bool) -> FileKind:
    media_types = _media_types(document)
    main = _main_part(document)
    for name in document.parts:
        if name.endswith(".rels"):
            _require_harmless_relations(document, name, nested=nested)
        elif name.endswith(".xml") and name.startswith(_MAY_ACT):
            _require_no_action(document, name)
    _require_no_macro_type(media_types)
    kind = _KIND_OF_MEDIA.get(media_types[main].removesuffix(".main+xml"))
    if kind is None:
        raise Unfit(Flaw.OTHER_KIND)
    return kind


def _main_part(document: _Document) -> str:
    if document.holds("_rels/.rels"):
        for relation, target, _outside in _relationships(document, "_rels/.rels"):
            if relation == _MAIN and document.holds(main := target.lower().lstrip("/")):
                return main
    raise Unfit(Flaw.OTHER_KIND)


def _media_types(document: _Document) -> dict[str, str]:
    """The type of each part, from the list that the archive begins with."""
    by_ending: dict[str, str] = {}
    by_part: dict[str, str] = {}
    if not document.holds(_TYPES):
        raise Unfit(Flaw.OTHER_KIND)

    def see(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Default":
            by_ending[attributes.get("Extension", "").lower()] = attributes.get("ContentType", "")
        if tag == "Override":
            by_part[attributes.get("PartName", "").lower().lstrip("/")] = attributes.get("ContentType", "")

    document.look(_TYPES, see, _ignore)
    return {name: by_part.get(name) or by_ending.get(name.rpartition(".")[2], "") for name in document.parts}


def _require_no_macro_type(media_types: Mapping[str, str]) -> None:
    for media_type in media_types.values():
        lowered = media_type.lower()
        if any(word in lowered for word in ("macro", "vba", "activex")):
            raise Unfit(Flaw.MACROS)
        if "oleobject" in lowered:
            raise Unfit(Flaw.OTHER_FILE)


def _relationships(document: _Document, name: str) -> list[tuple[str, str, bool]]:
    """Each relationship of a part: the last word of its type, its target, is it outside."""
    targets: list[tuple[str, str, bool]] = []

    def see(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            relation = attributes.get("Type", "").rstrip("/").rpartition("/")[2].lower()
            outside = attributes.get("TargetMode", "").lower() == "external"
            targets.append((relation, unquote(attributes.get("Target", "")), outside))

    document.look(name, see, _ignore)
    return targets


def _require_harmless_relations(document: _Document, name: str, *, nested: bool) -> None:
    for relation, target, outside in _relationships(document, name):
        _require_harmless_relation(relation, target, outside=outside)
        if relation == "package" and not outside:
            _require_harmless_package(document, name, target, nested=nested)


def _require_harmless_relation(relation: str, target: str, *, outside: bool) -> None:
    if flaw := _CARRIED.get(relation):
        raise Unfit(Flaw.FROM_OUTSIDE if outside else flaw)
    if not outside or relation == "hyperlink" or relation.startswith(_DATA_OF_OTHER_TABLES):
        return
    if relation in _SEEN_OR_HEARD and not _is_shared(target):
        return
    if relation == _TEMPLATE and _is_local(target):
        return
    raise Unfit(Flaw.FROM_OUTSIDE)


def _require_harmless_package(document: _Document, relations: str, target: str, *, nested: bool) -> None:
    """A document inside, such as the table behind a chart, is looked at like the one around it, once."""
    folder = PurePosixPath(relations).parent.parent
    parts = PurePosixPath(target.lower().lstrip("/")) if target.startswith("/") else folder / target.lower()
    name = _without_dots(parts)
    if nested:
        raise Unfit(Flaw.OTHER_FILE)
    if document.holds(name):
        try:
            _kind_of(document.whole(name, _MOST_NESTED), nested=True)
        except Unfit as unfit:
            raise Unfit(Flaw.OTHER_FILE if unfit.flaw is Flaw.OTHER_KIND else unfit.flaw) from unfit


def _without_dots(path: PurePosixPath) -> str:
    kept: list[str] = []
    for part in path.parts:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _require_no_action(document: _Document, name: str) -> None:
    """No field that asks another program, no button that starts one. Word cuts a field into several elements."""
    field, now = "", ""

    def see(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal field, now
        field, now = "" if tag == "fldChar" else field, tag
        asks = tag in {"ddeLink", "oleLink"} or (
            tag == "fldSimple" and _FIELD.match(attributes.get("instr", ""))
        )
        if asks:
            raise Unfit(Flaw.FROM_OUTSIDE)
        if attributes.get("action", "").lower().startswith(_RUNS_ON_CLICK):
            raise Unfit(Flaw.MACROS)

    def read(text: str) -> None:
        nonlocal field
        if now == "instrText":
            field += text
            if _FIELD.match(field):
                raise Unfit(Flaw.FROM_OUTSIDE)

    document.look(name, see, read)


def _ignore(_text: str) -> None:
    """Text between elements says nothing here."""


def _is_shared(target: str) -> bool:
    """Is this a folder of another machine? Opening one gives the reader's name and password away, without a word."""
    path = target.strip().replace("\\", "/")
    if path.lower().startswith("file:"):
        path = path[5:]
        return path.startswith("//") and not (path.startswith("///") and not path.startswith("////"))
    return path.startswith("//")


def _is_local(target: str) -> bool:
    """Is this a place in the archive or on the reader's own disk, and neither an address nor a shared folder?"""
    path = target.strip()
    on_disk = path.lower().startswith("file:") or _DRIVE.match(path) or not _SCHEME.match(path)
    return bool(on_disk) and not _is_shared(path)
