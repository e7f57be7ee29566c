"""What a first visit downloads: the page and every file that it names, as compressed as the server sends them."""

import gzip
import re
from urllib.parse import urljoin

import brotli  # type: ignore[import-untyped]  # comes without types

from bench.pages import Visitor

_NAMED = re.compile(r'<(?:link|script|use)[^>]*?(?:href|src)="(/static/[^"#]+)')
_FONT = re.compile(r"url\([\"']?([^)\"']+\.woff2)[\"']?\)[^}]*unicode-range:U\+0000-00FF")
"""Browsers fetch a font for its letters: those of French and English are in the first range."""
_GZIP = b"\x1f\x8b"


def kilobytes(visitor: Visitor, path: str) -> float:
    """The page, its style sheets, scripts, icons and fonts."""
    page = _asked(visitor, path)
    total, seen = len(page), set()
    wanted = _NAMED.findall(_text(page))
    while wanted:
        address = wanted.pop()
        if address in seen:
            continue
        seen.add(address)
        content = _asked(visitor, address)
        total += len(content)
        if ".css" in address:
            wanted += [urljoin(address, one) for one in _FONT.findall(_text(content))]
    return total / 1000


def _asked(visitor: Visitor, path: str) -> bytes:
    status, content = visitor.ask(path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return content


def _text(content: bytes) -> str:
    if content.startswith(_GZIP):
        return gzip.decompress(content).decode()
    return brotli.decompress(content).decode()
