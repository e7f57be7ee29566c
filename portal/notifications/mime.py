"""An e-mail as the bytes that travel: multipart text and HTML. Pure: no Flask, no database.

Written by hand because the standard library's generators take ten times as long, longer than the mail server
(`bench/outbox.py`); its header encoding is used, and the tests read the result back with its parser. Bodies are
quoted-printable: a paragraph of five thousand characters must not make a line the mail server refuses
(RFC 5321, 4.5.3.1.6).
"""

import binascii
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

_PART = (
    "Content-Type: text/{subtype}; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "MIME-Version: 1.0\r\n\r\n"
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[^\s<>()\[\],;:\\\"@]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 _'\-]+")
_HEADER_LINE = 76


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
    kept = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cf"} else one for one in text)
    return " ".join(kept.split())


def address_on_the_wire(email: str) -> str:
    """An address in ASCII, its domain encoded where it has accents; Unsendable where that is not possible."""
    local, _, domain = email.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}"
        address.encode("ascii")
    except UnicodeError as error:
        raise Unsendable(f"not an address that mail servers take: {email!r}") from error
    if not _ADDRESS.fullmatch(address):
        raise Unsendable(f"not an address: {email!r}")
    return address


def compose(letter: Letter) -> bytes:
    """The whole message, lines ended by CRLF."""
    boundary = f"=_{letter.message_id.strip('<>').partition('@')[0]}"
    headers = [
        ("From", _mailbox("From", letter.sender)),
        ("To", _mailbox("To", letter.recipient)),
        *([("Reply-To", _mailbox("Reply-To", letter.reply_to))] if letter.reply_to else []),
        ("Subject", _words("Subject", one_line(letter.subject))),
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
    lines = _LINE_END.sub("\r\n", body.rstrip() + "\n").encode("utf-8")
    return _PART.format(subtype=subtype).encode("ascii") + binascii.b2a_qp(lines, istext=True)


def _mailbox(header: str, address: Address) -> str:
    wire = address_on_the_wire(address.email)
    name = one_line(address.name)
    if not name:
        return wire
    if _PLAIN_NAME.fullmatch(name) and len(name) < _HEADER_LINE - len(header):
        return f'"{name}"\r\n <{wire}>' if len(name) + len(wire) > _HEADER_LINE - 12 else f'"{name}" <{wire}>'
    return f"{_encoded(header, name)}\r\n <{wire}>"


def _words(header: str, text: str) -> str:
    return text if text.isascii() and len(text) < _HEADER_LINE - len(header) else _encoded(header, text)


@lru_cache(maxsize=256)
def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", header_name=header, maxlinelen=_HEADER_LINE).encode(linesep="\r\n")
