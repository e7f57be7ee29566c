"""Headers as they travel: plain where they can be, encoded words where they must, one address in each.

Sources: RFC 5322 (2.1.1 length of lines, 2.2.3 folding, 3.2.4 quoted strings), RFC 2047 (2 length of encoded words and
of their lines, 5 where they may stand). The standard library's own folding breaks both (python/cpython 121284, 144156),
so that nothing is left for it to fold.
"""

import base64
import re
from email import policy
from email.headerregistry import Address

from portal.text import one_line

AS_WRITTEN = policy.SMTP.clone(refold_source="none", cte_type="7bit")
_LONGEST_LINE = 76  # RFC 2047, 2
_LONGEST_WORD = 60  # beside the name of any header
_BYTES_A_WORD = 36  # 48 characters in base 64, and twelve around them
_FOLD = "\r\n "
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def text(name: str, value: str) -> str:
    """The value of a header that holds text, such as Subject."""
    line = one_line(value)
    if line.isascii() and "=?" not in line and _fits(line):
        return _folded(name, line.split())
    return _FOLD.join(_encoded_words(line))


def mailbox(name: str, display_name: str, address: str) -> str:
    """The value of a header that holds one address; ValueError where it is none."""
    addr_spec = Address(addr_spec=address).addr_spec
    if not addr_spec.isascii():
        raise ValueError(f"this address has letters that headers cannot hold: {address!r}")
    phrase = one_line(display_name)
    if not phrase:
        return addr_spec
    if phrase.isascii() and "=?" not in phrase:
        words = [phrase] if _ATOMS.fullmatch(phrase) else [_quoted(phrase)]
    else:
        words = _encoded_words(phrase)
    if len(name) + 2 + len(words[0]) > _LONGEST_LINE:
        words = _encoded_words(phrase)
    end = f"<{addr_spec}>"
    before = len(words[-1]) + (len(name) + 2 if len(words) == 1 else 1)
    fits = before + 1 + len(end) <= _LONGEST_LINE
    return _FOLD.join(words) + (" " if fits else _FOLD) + end


def _quoted(phrase: str) -> str:
    escaped = re.sub(r"([\\\"])", r"\\\1", phrase)
    return f'"{escaped}"'


def _fits(line: str) -> bool:
    """Can it be folded, a word being never cut?"""
    return all(len(word) < _LONGEST_WORD for word in line.split())


def _folded(name: str, words: list[str]) -> str:
    """Words in lines, folded where a space stands; the first line, which may not be empty, holds at least one."""
    folded, length = "", len(name) + 1
    for place, word in enumerate(words):
        fold = place > 0 and length + 1 + len(word) > _LONGEST_LINE
        folded += (_FOLD if fold else " " if place else "") + word
        length = 1 + len(word) if fold else length + 1 + len(word)
    return folded


def _encoded_words(line: str) -> list[str]:
    """Words of whole characters, each short enough for a line of its own."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        encoded = character.encode()
        if len(part) + len(encoded) > _BYTES_A_WORD:
            parts.append(part)
            part = b""
        part += encoded
    return [f"=?utf-8?b?{base64.b64encode(piece).decode()}?=" for piece in (*parts, part)]
