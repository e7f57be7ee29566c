"""A reader of e-mails that forgives nothing: what RFC 5322 and RFC 2047 do not allow in a header raises.

Works on bytes as they travel. Readers people use are kinder, each in its own way; servers are not.
"""

import base64
import re
from dataclasses import dataclass

LONGEST_LINE, WANTED_LINE, LONGEST_ENCODED_LINE, LONGEST_WORD = 998, 78, 76, 75
_FIELD = re.compile(r"([!-9;-~]+): (.*)", re.S)
_FIRST = re.compile(r"[!-9;-~]+: ")  # a fold right there is legal, and many readers trip over it
_WORD = re.compile(r"=\?([A-Za-z0-9-]+)\?([bBqQ])\?([!->@-~]+)\?=")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_DOT_ATOM = re.compile(rf"{_ATOM.pattern}(?:\.{_ATOM.pattern})*")
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\[ -~])*)"')
NEEDED = ("date", "from", "to", "subject", "message-id", "mime-version", "content-type")
ONCE = (*NEEDED, "reply-to", "in-reply-to", "references")


class NotStrict(AssertionError):
    """The bytes break a rule."""


@dataclass(frozen=True)
class Mailbox:
    name: str
    address: str


def headers(raw: bytes) -> dict[str, str]:
    """The headers of a message by small name, unfolded, each rule of lines checked."""
    head, separator, _body = raw.partition(b"\r\n\r\n")
    _require(bool(separator), "no empty line ends the headers")
    _require(all(byte < 128 for byte in head), "a header is not ASCII")
    _check_line_ends(raw)
    found: dict[str, str] = {}
    for field in re.split(r"\r\n(?![ \t])", head.decode("ascii")):
        matched = _FIELD.fullmatch(field)
        _require(matched is not None, f"no header: {field!r}")
        assert matched is not None
        name = matched[1].lower()
        _require(not (name in found and name in ONCE), f"{name} stands twice")
        _check_lines(field)
        found[name] = re.sub(r"\r\n(?=[ \t])", "", matched[2])
    for name in NEEDED:
        _require(name in found, f"{name} is missing")
    return found


def subject(value: str) -> str:
    """What an unstructured header says."""
    words = value.split(" ") if value else []
    _require(all(words), "idle spaces")
    said, after_encoded = "", False
    for number, word in enumerate(words):
        if matched := _WORD.fullmatch(word):
            said += ("" if after_encoded or not number else " ") + _decoded(word, matched)
            after_encoded = True
        else:
            _require("=?" not in word, f"an encoded word within another word: {word!r}")
            said += (" " if number else "") + word
            after_encoded = False
    return said


def mailbox(value: str) -> Mailbox:
    """The one mailbox of an address header."""
    if not value.endswith(">"):
        return Mailbox("", _address(value))
    phrase, angle, address = value[:-1].rpartition("<")
    _require(bool(angle) and phrase.endswith(" "), f"no space before the address: {value!r}")
    return Mailbox(_phrase(phrase[:-1]), _address(address))


def body_lines(raw: bytes) -> None:
    """No line of the whole message is longer than servers take, and all is seven-bit."""
    _require(all(byte < 128 for byte in raw), "a byte has its eighth bit set")
    for line in raw.split(b"\r\n"):
        _require(len(line) <= LONGEST_LINE, f"a line of {len(line)} characters")


def _phrase(phrase: str) -> str:
    if quoted := _QUOTED.fullmatch(phrase):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    words = phrase.split(" ")
    said, after_encoded = "", False
    for number, word in enumerate(words):
        if matched := _WORD.fullmatch(word):
            _require(
                matched[2] in "bB" or re.fullmatch(r"[A-Za-z0-9!*+/=_-]+", matched[3]) is not None,
                "Q in a phrase",
            )
            said += ("" if after_encoded or not number else " ") + _decoded(word, matched)
            after_encoded = True
        else:
            _require(_ATOM.fullmatch(word) is not None and "=?" not in word, f"no atom: {word!r}")
            said += (" " if number else "") + word
            after_encoded = False
    return said


def _address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    _require(bool(at) and _DOT_ATOM.fullmatch(local) is not None, f"no local part: {address!r}")
    _require(_DOT_ATOM.fullmatch(domain) is not None and "." in domain, f"no domain: {address!r}")
    _require(len(local) <= 64 and len(address) <= 254, f"too long: {address!r}")
    return address


def _decoded(word: str, matched: "re.Match[str]") -> str:
    _require(len(word) <= LONGEST_WORD, f"an encoded word of {len(word)} characters")
    if matched[2] in "bB":
        content = base64.b64decode(matched[3], validate=True)
    else:
        text = matched[3].replace("_", " ")
        content = re.sub(r"=([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text).encode("latin-1")
    said = content.decode(matched[1])  # whole characters only
    _require(bool(said), "an empty encoded word")
    return said


def _check_line_ends(raw: bytes) -> None:
    bare = raw.replace(b"\r\n", b"")
    _require(b"\r" not in bare and b"\n" not in bare, "a bare CR or LF")


def _check_lines(field: str) -> None:
    for line in field.split("\r\n"):
        _require(bool(line.strip()), "a folded line of spaces alone")
        _require(len(line) <= LONGEST_LINE, f"a line of {len(line)} characters")
        if _WORD.search(line):
            _require(len(line) <= LONGEST_ENCODED_LINE, f"an encoded line of {len(line)} characters")
        if len(line) > WANTED_LINE:
            _require(" " not in _FIRST.sub("", line).strip(), f"a line that could be folded: {line!r}")


def _require(kept: bool, rule: str) -> None:
    if not kept:
        raise NotStrict(rule)
