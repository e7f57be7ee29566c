"""What somebody wrote in an answer, without what they quote, our own words and their signature. Pure.

An answer may stand above what it quotes, below it, or between its lines. Our e-mails carry a line to write above
(`MARKER`); mail-parser-reply knows more ways in which mail programs introduce a quotation, in both languages.
"""

import re
from html.parser import HTMLParser
from itertools import dropwhile

from mailparser_reply import EmailReplyParser

LONGEST = 50_000
"""Characters of an e-mail that are looked at; what is quoted grows without end."""
_LOOKED_THROUGH = 8_000
"""Characters that mail-parser-reply is given: its patterns take the cube of them. More is not taken as an answer."""
MARKER = re.compile(r"^[>|\s*]*##-[^#\n]{5,80}-##", re.MULTILINE)
_LANGUAGES = ["fr", "en"]
_INTRODUCES = re.compile(
    r"^(?:(?:Le|On) [^\n]{5,200}(?:\n[^\n]{1,200})??\s(?:a\s+écrit|wrote)\s?:\s*$"
    r"|-{2,}\s?(?:Message d.origine|Message transféré|Original Message|Forwarded message)\s?-{2,}\s*$"
    r"|(?:\*?(?:De|From)\s?:\*?[^\n]+\n(?:\*?(?:Envoyé|Sent|Date|À|A|To|Objet|Subject|Cc)\s?:\*?[^\n]*\n?){2,}))",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(?:-- ?|---|_{5,}|—{1,2}"
    r"|(?:Envoyé (?:de|depuis|à partir)|Télécharger|Obtenir|Sent (?:from|with)|Get) [^\n]{2,80}"
    r")$",
    re.MULTILINE | re.IGNORECASE,
)
_EMPTY = re.compile(r"\n{4,}")
_BLOCKS = frozenset({"p", "div", "li", "tr", "h1", "h2", "h3", "ul", "ol", "table", "blockquote", "hr"})
_UNSEEN = frozenset({"style", "script", "head", "title"})


def answer(text: str) -> str:
    """What was written anew; empty where there is nothing."""
    plain = _one_way(text)
    if _stands_below(plain):
        return _unquoted(plain)
    above = MARKER.split(plain, maxsplit=1)[0]
    above = _INTRODUCES.split(above, maxsplit=1)[0]
    if len(above) < _LOOKED_THROUGH:
        above = EmailReplyParser(languages=_LANGUAGES).read(above).replies[0].content
    return _without_signature(_without_quoted_lines(above))


def _one_way(text: str) -> str:
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\xa0", " ").replace("\u202f", " ").split("\n")
    return _EMPTY.sub("\n\n\n", "\n".join(line.rstrip() if line != "-- " else line for line in lines))


def _stands_below(text: str) -> bool:
    """Is something written after a line that is quoted? Our own e-mail may quote too: above its marker it begins."""
    if (marker := MARKER.search(text)) and not marker[0].startswith(">"):
        return False
    lines = list(dropwhile(lambda line: not line.startswith(">"), text.split("\n")))
    below = _without_signature("\n".join(lines)).split("\n")
    return any(line.strip() and not line.startswith(">") for line in below)


def _unquoted(text: str) -> str:
    """What stands between and below what is quoted, and above it, without the line that introduces it."""
    before, _, _ = text.partition("\n>")
    introduced = _INTRODUCES.split(before, maxsplit=1)[0]
    return _without_signature(_without_quoted_lines(introduced + text[len(before) :]))


def _without_quoted_lines(text: str) -> str:
    kept = [line for line in text.split("\n") if not line.startswith(">")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _without_signature(text: str) -> str:
    return _SIGNATURE.split(text, maxsplit=1)[0].strip()


def from_html(html: str) -> str:
    """The words of a page of HTML, what it quotes behind `>` as in plain text."""
    reader = _Reader()
    reader.feed(html[: 10 * LONGEST])
    reader.close()
    lines = "".join(reader.pieces).split("\n")
    tidy = [re.sub(r"[ \t]+", " ", line).strip() for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(dropwhile(lambda line: not line, tidy)))


class _Reader(HTMLParser):
    """Collects words; a quotation begins with `blockquote`, as every mail program but Outlook writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._depth = 0
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._depth += tag == "blockquote"
        if tag in _BLOCKS or tag == "br":
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._depth -= tag == "blockquote" and self._depth > 0
        if tag in _BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def _new_line(self) -> None:
        self.pieces.append("\n" + "> " * bool(self._depth))
