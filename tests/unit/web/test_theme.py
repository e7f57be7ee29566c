"""The fonts of the built theme."""

import re
from pathlib import Path

THEME = Path(__file__).parents[3] / "static/built/theme.css"
FACE = re.compile(r'url\("fonts/([\w.-]+)"\) format\("woff2"\);unicode-range:([^}]+)}')


def signs() -> dict[str, set[int]]:
    """The signs that make a browser load each file."""
    return {name: _points(ranges) for name, ranges in FACE.findall(THEME.read_text(encoding="utf-8"))}


def _points(ranges: str) -> set[int]:
    found: set[int] = set()
    for one in ranges.split(","):
        first, _, last = one.strip().removeprefix("U+").partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def test_no_sign_loads_two_files() -> None:
    latin, others = signs().values()
    assert not latin & others


def test_french_needs_one_file() -> None:
    latin = next(iter(signs().values()))
    french = "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûü’«»–—… €·−%"
    assert {ord(sign) for sign in french + french.upper()} <= latin
