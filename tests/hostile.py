"""Texts that hold more than they show, or show another thing than they hold; and what may never be kept in one line."""

import unicodedata

from hypothesis import strategies as st

LINE_ENDS = ("\r\n", "\r", "\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
DIRECTIONS = tuple("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = tuple(
    "\x00\x07\x1b\x7f\x9f\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u2064\u206a\u3164\ufe0f\ufeff"
    "\uffa0\ufffc\ufffe\ufff9\ue000\ud800\U000e0041\U000e0100\U0001d159\U0001d173\U0010ffff"
)
PILES = ("\u0357" * 5, "\u0351\u0489" * 300, "\u0e4e" * 9, "\u20dd" * 20, "\u0357\u200b" * 50)
SPACES = tuple("\t\u00a0\u1680\u2003\u2007\u202f\u205f\u2800\u3000")
SHOWING_NOTHING = (
    *LINE_ENDS,
    *DIRECTIONS,
    *UNSEEN,
    *SPACES,
    "\u200b\u200b \u2060",
    "\u202e\u2800\u3164",
    "\u0301\u0301",
    "\u200d\ufe0f",
    " \ud800\n",
)
BETWEEN = (*LINE_ENDS, *DIRECTIONS, *UNSEEN, *SPACES, *PILES)

texts = st.text(
    st.characters()
    | st.sampled_from([*LINE_ENDS[1:], *DIRECTIONS, *UNSEEN, *SPACES, "\u0301", "क", "ن", "a"]),
    max_size=40,
)


def wrong_in_one_line(text: str) -> list[str]:
    """What a text holds that one line must not: anything that ends it, turns it or cannot be seen."""
    found = [
        f"U+{ord(one):04X}"
        for one in text
        if one != " "
        and (
            (
                unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
                and one not in "\u200c\u200d"
            )
            or (one in BETWEEN[len(LINE_ENDS) :] and one not in "\u200c\u200d\ufe0f\U000e0100")
        )
    ]
    if text != text.strip() or "  " in text:
        found.append("idle spaces")
    if not unicodedata.is_normalized("NFC", text):
        found.append("not NFC")
    if "MMMMM" in "".join(unicodedata.category(one)[0] for one in text if unicodedata.category(one) != "Mc"):
        found.append("a pile of marks")
    return found
