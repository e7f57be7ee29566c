"""An e-mail as the bytes that travel: multipart text and HTML. Pure: no Flask, no database.

Written by hand because the standard library takes ten times as long, longer than the mail server
(`bench/outbox.py`); the tests read the result back with its parser. Bodies are quoted-printable: a paragraph of
five thousand characters must not make a line the mail server refuses (RFC 5321, 4.5.3.1.6).
"""

import binascii
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

_PARTS = {
    subtype: (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "MIME-Version: 1.0\r\n\r\n"
    ).encode("ascii")
    for subtype in ("plain", "html")
}
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]+@[A-Za-z0-9.\-]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 _'\-]{1,60}")
_SHORT_LINE = 66
_CHUNK = 39  # bytes, 52 characters of base64: with the header's name, less than the 76 of a line


class Unsendable(ValueError):
    """This address or text cannot be written in an e-mail."""


@dataclass(frozen=True, slots=True)
class Address:
    """A person and their address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written on an e-mail and in it."""

    sender: Address
    recipient: Address
    reply_to: Address | None
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    written_at: datetime


def one_line(text: str) -> str:
    """Text fit for a header: no line end, no control or invisible direction character, single spaces."""
    if text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cf"} else one for one in text)
    return " ".join(kept.split())


def address_on_the_wire(email: str) -> str:
    """An address in ASCII, its domain encoded where it has accents; Unsendable where that is not possible."""
    local, _, domain = email.rpartition("@")
    try:
        address = email if email.isascii() else f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Unsendable(f"not an address: {email!r}") from error
    if not _ADDRESS.fullmatch(address):
        raise Unsendable(f"not an address: {email!r}")
    return address


def compose(letter: Letter) -> bytes:
    """The whole message, lines ended by CRLF."""
    boundary = f"=_{letter.message_id.strip('<>').partition('@')[0]}"
    headers = [
        ("From", _mailbox(letter.sender)),
        ("To", _mailbox(letter.recipient)),
        *([("Reply-To", _mailbox(letter.reply_to))] if letter.reply_to else []),
        ("Subject", _words(one_line(letter.subject))),
        ("Date", format_datetime(letter.written_at)),
        ("Message-ID", one_line(letter.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", one_line(letter.language)),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    fence = f"\r\n--{boundary}".encode("ascii")
    text, html = _part("plain", letter.text), _part("html", letter.html)
    return b"".join((head, fence, b"\r\n", text, fence, b"\r\n", html, fence, b"--\r\n"))


def _part(subtype: str, body: str) -> bytes:
    lines = "\r\n".join([*body.rstrip().splitlines(), ""]).encode("utf-8", "replace")
    return _PARTS[subtype] + binascii.b2a_qp(lines, istext=True)


def _mailbox(address: Address) -> str:
    wire = address_on_the_wire(address.email)
    name = one_line(address.name)
    if not name:
        return f"<{wire}>"
    quoted = f'"{name}"' if _PLAIN_NAME.fullmatch(name) else _encoded(name)
    return f"{quoted}\r\n <{wire}>"


def _words(text: str) -> str:
    return text if text.isascii() and "=?" not in text and len(text) < _SHORT_LINE else _encoded(text)


@lru_cache(maxsize=512)
def _encoded(text: str) -> str:
    """Text in a header (RFC 2047): words of at most 75 characters, none with half a character."""
    chunks = [b""]
    for character in text:
        letter = character.encode("utf-8", "replace")
        if len(chunks[-1]) + len(letter) > _CHUNK:
            chunks.append(b"")
        chunks[-1] += letter
    return "\r\n ".join(
        f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?=" for chunk in chunks
    )
