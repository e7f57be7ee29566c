"""Text that people write with a few signs, as safe HTML: paragraphs, lists, bold, links, headings of one level."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "code", "fence"])
_HEADING = "h2"
"""Whatever the number of signs: the page has the first level, and none is left out."""
_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "code", _HEADING}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "p": {"dir"}}
_SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """The same text gives the same page: what was rendered is kept by what was written."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADING
        elif token.type == "paragraph_open":
            token.attrSet("dir", "auto")
    html = _READER.renderer.render(tokens, _READER.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener")
    return Markup(clean)  # noqa: S704 (it is clean)
