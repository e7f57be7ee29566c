"""Files as people's programs write them, small: what is taken, and the same with something in it that is not."""

import io
import zipfile
import zlib
from collections.abc import Mapping

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MAIN = {
    "docx": ("word/document.xml", f"{WORD}.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}
_OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "draw": "drawing",
        "table": "table",
        "script": "script",
        "presentation": "presentation",
        "meta": "meta",
        "manifest": "manifest",
    }.items()
)


def zipped(parts: Mapping[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def relation(kind: str, target: str, *, outside: bool = False, base: str = OFFICE) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="r{abs(hash((kind, target)))}" Type="{base}/{kind}" Target="{target}"{mode}/>'


def relations(*lines: str) -> str:
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def office(
    kind: str,
    parts: Mapping[str, str | bytes] | None = None,
    *lines: str,
    main: str = "",
    main_type: str = "",
    content: str = "<document/>",
    types: str = "",
) -> bytes:
    """A document of Microsoft Office, with more parts, relationships of its main part, and types."""
    usual, usual_type = _MAIN[kind]
    main = main or usual
    folder, _, name = main.rpartition("/")
    overrides = f'<Override PartName="/{main}" ContentType="{main_type or usual_type}"/>{types}'
    return zipped(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
            "_rels/.rels": relations(relation("officeDocument", main)),
            main: content,
            f"{folder}/_rels/{name}.rels": relations(*lines),
            **(parts or {}),
        }
    )


def open_document(
    kind: str, parts: Mapping[str, str | bytes] | None = None, content: str = "", manifest: str = ""
) -> bytes:
    """A document of LibreOffice, with more parts and something in its content or manifest."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{_OPEN[kind]}",
            "META-INF/manifest.xml": f"<manifest:manifest {_SPACES}>{manifest}</manifest:manifest>",
            "content.xml": '<?xml version="1.0"?><office:document-content xmlns:xlink="http://www.w3.org/1999/xlink"'
            f" {_SPACES}><office:scripts/><office:body>{content}</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {_SPACES}/>",
            "Configurations2/accelerator/current.xml": "",
            "Thumbnails/thumbnail.png": b"\x89PNG",
            **(parts or {}),
        }
    )


def pdf(*objects: bytes, packed: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF with these objects besides its page, and these packed together in one."""
    every = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        *objects,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(every, 1))
    if packed:
        stream = zlib.compress(b"8 0 " + packed)
        keys = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(stream)
        body += b"9 0 obj\n" + keys + b"\nstream\n" + stream + b"\nendstream\nendobj\n"
    return header + body + b"trailer << /Root 1 0 R >>\n%%EOF\n"


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40


def jpeg(marker: bytes = b"\xff\xe0", name: bytes = b"JFIF") -> bytes:
    return b"\xff\xd8" + marker + b"\x00\x10" + name + b"\x00" + b"\x00" * 40


def photo_of_a_telephone(brand: bytes = b"heic") -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1heic" + b"\x00" * 40
