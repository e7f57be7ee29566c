"""An e-mail that came in: who wrote it, what they say, what is with it, and whether a program wrote it. Pure.

Nothing in it is believed: addresses and headers are what anybody may write there. A header that cannot be read is as if
it were not there, and never costs the e-mail.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import Any

from portal.mailbox.texts import rules as texts
from portal.text import one_line

_ROBOTS = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|ne-?pas-?repondre|bounces?|listserv|owner-.*|.*-request)@.*"
)
_AUTOMATIC = re.compile(
    r"^(?:réponse automatique|absence(?: du bureau)?|message d.absence|automatic reply|auto(?:matic)?.?response"
    r"|out of (?:the )?office|undeliver(?:ed|able)|delivery status notification|accusé de réception|lu|read)\s*(?::|$)",
    re.IGNORECASE,
)
_SIGNS = (
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "X-Mailing-List",
    "Feedback-ID",
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_ICON = 100_000
"""Bytes under which a picture that the text itself shows belongs to a signature."""
_SIGNATURE_NAME = re.compile(
    r"(?:image\d{3}|outlook-.*|logo.*|signature.*)\.(?:png|jpe?g|gif)", re.IGNORECASE
)
_MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """`key`: the same for the same e-mail that comes again. `sender`: an address, as it says. `automatic`: a program
    wrote it, or it comes from a list. `text`: what was written, or else what came with it is called. `calendar`: what a
    calendar answers, as it is written."""

    key: str
    sender: str
    automatic: bool
    text: str
    attached: tuple[Attached, ...] = ()
    calendar: str = ""


def read(envelope_sender: str | None, content: bytes) -> Received:
    """`envelope_sender`: what the mail server was told, None where it says nothing; empty for what answers nobody."""
    message = message_from_bytes(content, policy=policy.default)
    sender = parseaddr(_header(message, "From"))[1].strip().lower()
    parts = list(_parts(message))
    attached = tuple(_attached(parts))
    return Received(
        key=_key(message, content),
        sender=sender,
        automatic=envelope_sender in {"", "<>"} or is_automatic(message, sender),
        text=_text(parts) or ", ".join(attachment.name for attachment in attached),
        attached=attached,
        calendar=next((_words(part) for part in parts if part.get_content_type() == "text/calendar"), ""),
    )


def is_automatic(message: EmailMessage, sender: str) -> bool:
    """Did a program write it, or a list send it (RFC 3834, and what programs do that do not know it)?"""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in {"", "no"}
        or _header(message, "Precedence").strip().lower() in _BULK
        or _header(message, "Return-Path").strip() == "<>"
        or any(message.get_all(name) for name in _SIGNS if _is_there(message, name))
        or message.get_content_type() == "multipart/report"
        or not sender
        or bool(_ROBOTS.fullmatch(sender))
        or bool(_AUTOMATIC.match(_header(message, "Subject").strip()))
    )


def _is_there(message: EmailMessage, name: str) -> bool:
    return any(header.lower() == name.lower() for header in message)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the standard library trusts headers that anybody may write
        return ""


def _key(message: EmailMessage, content: bytes) -> str:
    named = _header(message, "Message-ID").strip()
    return hashlib.sha256(named.encode("utf-8", "replace") if named else content).hexdigest()[:40]


def _parts(message: EmailMessage) -> Iterator[MIMEPart]:
    """Those that hold something; an e-mail inside this one is not looked into."""
    waiting: list[Any] = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting[:0] = part.get_payload()
        else:
            yield part


def _text(parts: list[MIMEPart]) -> str:
    """What was written, from the plain text, or from HTML where there is no other."""
    bodies = [part for part in parts if not _is_file(part)]
    plain = next(
        (body for body in bodies if body.get_content_type() == "text/plain" and _words(body).strip()), None
    )
    if plain is not None:
        return texts.answer(_words(plain))
    html = next((mimepart for mimepart in bodies if mimepart.get_content_type() == "text/html"), None)
    return texts.answer(texts.from_html(_words(html))) if html is not None else ""


def _words(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "latin-1"):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return ""


def _is_file(part: MIMEPart) -> bool:
    return part.get_content_disposition() == "attachment" or (
        bool(part.get_filename()) and part.get_content_type() != "text/calendar"
    )


def _attached(parts: list[MIMEPart]) -> Iterator[Attached]:
    """What somebody sends along; not the pictures of their signature."""
    for part in parts:
        if not _is_file(part) or part.get_content_type() == "text/calendar":
            continue
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        name = one_line(str(part.get_filename() or ""))
        if content and not _is_of_a_signature(part, name, len(content)):
            yield Attached(name, content)


def _is_of_a_signature(part: MIMEPart, name: str, size: int) -> bool:
    """The text shows it, or it is called as mail programs call what it shows."""
    if part.get_content_maintype() != "image":
        return part.get_content_type() in {"application/pkcs7-signature", "application/pgp-signature"}
    shown = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    return bool(_SIGNATURE_NAME.fullmatch(name)) or (shown and size < _ICON)


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """What a calendar answers to an event (RFC 5546, METHOD:REPLY). `uid`: of the event; `answer`: ACCEPTED, DECLINED,
    TENTATIVE… `sequence`: of which state of the event; `stamp`: when, as it says; empty: it says neither. `number`:
    that of the address it came to, where that was of one invitation."""

    uid: str
    attendee: str
    answer: str
    sequence: int = 0
    stamp: str = ""
    number: int | None = None


def calendar_reply(calendar: str) -> CalendarReply | None:
    """None: it answers nothing, or not one event for one person."""
    lines = re.sub(r"\r?\n[ \t]", "", calendar).splitlines()
    if "METHOD:REPLY" not in (line.strip().upper() for line in lines):
        return None
    uids = {line[4:].strip() for line in lines if line.upper().startswith("UID:")}
    attendees = [line for line in lines if line.upper().startswith("ATTENDEE")]
    if len(uids) != 1 or len(attendees) != 1:
        return None
    answer = re.search(r";PARTSTAT=\"?([A-Z-]+)", attendees[0], re.IGNORECASE)
    address = attendees[0].lower().rpartition("mailto:")[2].strip()
    if not (answer and address):
        return None
    sequence = _value(lines, "SEQUENCE")
    number = int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0
    return CalendarReply(uids.pop(), address, answer[1].upper(), number, _value(lines, "DTSTAMP"))


def _value(lines: list[str], name: str) -> str:
    """What the first line of this name says."""
    of_name = (line for line in lines if re.match(f"{name}[;:]", line, re.IGNORECASE))
    return next(of_name, "").rpartition(":")[2].strip()
