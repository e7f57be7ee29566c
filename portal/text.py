"""Text as it is searched and sorted, without accents, case or punctuation; and text that fits one line."""

import re
import unicodedata

# Letters that Unicode does not decompose; French needs the first two, names of people the others.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_NOT_LETTERS_OR_DIGITS = re.compile(r"[\W_]+")


def search_key(text: str) -> str:
    """Return `text` for accent-blind search and French order: "L’Œuvre  d'Été" gives "l oeuvre d ete".

    Lower-case letters and digits separated by single spaces. Stable: the key of a key is itself.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(
        character for character in folded if not unicodedata.category(character).startswith("M")
    )
    return _NOT_LETTERS_OR_DIGITS.sub(" ", letters.translate(_LETTERS).casefold()).strip()


def one_line(text: str) -> str:
    """Text fit for a header: no line end, no control or invisible direction character, single spaces."""
    hidden = {"Cc", "Zl", "Zp", "Cf"}
    kept = "".join(" " if unicodedata.category(character) in hidden else character for character in text)
    return " ".join(kept.split())
