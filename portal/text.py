"""Text as it is searched and sorted, without accents, case or punctuation; and text as it is typed and kept.

Sources: Unicode's properties Default_Ignorable_Code_Point and Bidi_Control; UTR 36 and UTS 39 on text that is not
what it seems; RFC 5321 on addresses.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from email_validator import EmailNotValidError, validate_email

# Letters that Unicode does not decompose; French needs the first two, names of people the others.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_NOT_LETTERS_OR_DIGITS = re.compile(r"[\W_]+")
_LIKE_AN_APOSTROPHE = re.compile("[\u02b9\u02bb\u02bc\u02c8\ua78c]")  # letters, says Unicode

# What shows nothing though Unicode calls it a letter, a mark or a symbol: fillers, joiners, blanks, noncharacters.
_SHOWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\uffa0\ufff0-\ufffc\ufdd0-\ufdef\ufffe\uffff"
    "\U0001d159\U00016fe4\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_BLANK = "\u2800"  # of braille: a space that is called a symbol
_LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# Variants of symbols and of Chinese characters are seen; after a letter they hide.
_IDLE_VARIANT = re.compile(
    "(?<![\u2030-\u33ff\u3400-\u9fff\uf900-\ufaff\U0001f000-\U0003ffff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# More marks than any writing puts on a letter (UTS 39, 5.4) cover the lines above and below, which others wrote.
_MOST_MARKS = 4
_PERHAPS_A_PILE = re.compile(rf"[^\w\s]{{{_MOST_MARKS + 1},}}")
_JOINERS = "\u200c\u200d"
_KEPT_IN_LINES = {"\n", "\t", *_JOINERS, "\u200e", "\u200f", "\u061c"}
_PLAIN_SPACES = str.maketrans("\n\t\u00a0\u202f", "    ")
# Scripts in which a joiner between two letters changes what is read: Arabic and its kin, those of India and beyond.
_JOINED = "[\u0600-\u07ff\u0840-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc]"
_IDLE_JOINER = re.compile(f"(?<!{_JOINED})[{_JOINERS}]+|[{_JOINERS}]+(?!{_JOINED})")


DOT = "\N{NO-BREAK SPACE}· "
"""Stands between facts in a row, and never begins a line."""


def in_a_row(facts: Iterable[str | None]) -> str:
    """Those that say something, with a dot between them; `in_a_row` of templates does the same."""
    return DOT.join(filter(None, facts))


def search_key(text: str) -> str:
    """Return `text` for accent-blind search and French order: "L’Œuvre  d'Été" gives "l oeuvre d ete".

    Lower-case letters and digits separated by single spaces. Stable: the key of a key is itself.
    """
    if text.isascii() and text.isprintable():  # as most texts are: there is nothing to take apart
        return _NOT_LETTERS_OR_DIGITS.sub(" ", text.lower()).strip()
    plain = _LIKE_AN_APOSTROPHE.sub("'", unicodedata.normalize("NFKC", one_line(text)))
    folded = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(
        character for character in folded if not unicodedata.category(character).startswith("M")
    )
    return _NOT_LETTERS_OR_DIGITS.sub(" ", letters.translate(_LETTERS).casefold()).strip()


_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_FROM_RIGHT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_ANY_FROM_RIGHT = re.compile(_FROM_RIGHT)
_WRITTEN_FROM_RIGHT = re.compile(
    f"{_ISOLATE}[^{_END_OF_ISOLATE}]*{_END_OF_ISOLATE}"
    f"|(?P<words>{_FROM_RIGHT}+(?:[\\s\\d.'’\"\u200c\u200d-]*{_FROM_RIGHT}+)*(?:[\\s-]?\\d+)*)"
)


def isolated(value: Any) -> Any:
    """A text whose words that are written from right to left turn nothing that stands beside them.

    What has no such words, or is no text, stays as it is; what is isolated already, too.
    """
    if type(value) is not str or value.isascii() or not _ANY_FROM_RIGHT.search(value):
        return value
    return _WRITTEN_FROM_RIGHT.sub(
        lambda match: f"{_ISOLATE}{match[0]}{_END_OF_ISOLATE}" if match["words"] else match[0], value
    )


def says(texts: Iterable[str], typed: str) -> bool:
    """Does a word of the texts begin with each word that was typed?"""
    text = f" {search_key(' '.join(texts))}"
    return all(f" {word}" in text for word in search_key(typed).split())


def pieces(text: str, typed: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, and whether each is a word that `says` found."""
    wanted, start = tuple(search_key(typed).split()), 0
    for word in _WORD.finditer(text):
        if any(part.startswith(wanted) for part in search_key(word[0]).split()):
            yield text[start : word.start()], False
            yield word[0], True
            start = word.end()
    yield text[start:], False


_WORD = re.compile(r"\w+")


def one_line(text: str) -> str:
    """Text that holds one line and shows all it holds: a name, a subject, a number, a header. Empty: it showed nothing.

    Line ends, tabs and spaces of any kind become single spaces; controls, direction marks and whatever else cannot be
    seen are left out, but for the joiners that some scripts need between their letters.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    spaced = _LINE_ENDS.sub(" ", text).replace(_BLANK, " ").replace("\t", " ")
    shown = _SHOWS_NOTHING.sub("", spaced)
    if not shown.isprintable():
        shown = shown.translate({ord(character): _seen(character) for character in set(shown)})
        shown = _without_idle_joiners(shown)
    words = (_without_idle_marks(word) for word in shown.split())
    return _composed(_IDLE_VARIANT.sub("", " ".join(word for word in words if word)))


def several_lines(text: str) -> str:
    """Text of several lines: ends of one character, no control, nothing that turns or hides what others read.

    Spaces, marks of direction and joiners stay as they are; the whole is empty where it shows nothing.
    """
    lines = _SHOWS_NOTHING.sub("", _LINE_ENDS.sub("\n", text))
    if not lines.translate(_PLAIN_SPACES).isprintable():
        hidden = {letter for letter in set(lines) if letter not in _KEPT_IN_LINES and _is_hidden(letter)}
        lines = lines.translate(dict.fromkeys(map(ord, hidden)))
    return _composed(lines).strip() if one_line(lines) else ""


def _composed(text: str) -> str:
    """Letters with their marks, in one way of the many there are, and no more of them than can be read."""
    return _PERHAPS_A_PILE.sub(lambda match: _without_piles(match[0]), unicodedata.normalize("NFC", text))


def _without_piles(text: str) -> str:
    kept, pile = "", 0
    for character in text:
        pile = pile + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        kept += character if pile <= _MOST_MARKS else ""
    return kept


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def _seen(character: str) -> str:
    """A character as one line holds it; private ones are bullets of somebody's own font, seen by nobody else."""
    if character in _JOINERS:
        return character
    if _is_hidden(character) or unicodedata.category(character) == "Co":
        return ""
    return " " if unicodedata.category(character).startswith("Z") else character


def _without_idle_joiners(text: str) -> str:
    """Joiners stay between two letters of a script that is written with them."""
    return _IDLE_JOINER.sub("", text)


def _without_idle_marks(word: str) -> str:
    """Marks, variants and joiners need something to stand on: those that begin a word are left out."""
    for place, character in enumerate(word):
        if character not in _JOINERS and not unicodedata.category(character).startswith("M"):
            return word[place:]
    return ""


# What telephones, keyboards and programs put where an address has a plain sign.
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼ′＇`´", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("。｡．", "."),
    }
)
_NAMED = re.compile(r"[^@<>]*<([^<>]+)>")


def plain_address(typed: str) -> str:
    """An e-mail address as it is stored, searched and counted: what was typed or pasted around it is put right.

    "mailto:", a name before it, spaces, a full stop after it, signs of telephones and full-width ones; small letters;
    the domain as mail servers write it. Whether anybody can write to it is `web.addresses.email_flaw`'s to say. What
    holds no @ is no address: it stays as typed, in one line.
    """
    text = one_line(unicodedata.normalize("NFKC", typed.translate(_PLAIN_SIGNS)))
    if named := _NAMED.fullmatch(text.rstrip(" .,;")):
        text = named[1]
    text = re.sub(r"(?i)^mailto:\s*([^?]*).*", r"\1", text.strip()).rstrip(" .,;")
    local, at, domain = text.lower().rpartition("@")
    domain = domain.strip().replace(" .", ".").replace(". ", ".")
    return f"{local.rstrip()}@{_ascii_domain(domain)}" if at else one_line(typed)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        validated_email = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return domain
    return validated_email.ascii_domain
